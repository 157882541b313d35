import type { Connection, Model, Schema } from 'mongoose';
import { alertStateSchema } from './alert-state.ts';
import type { AlertState } from './alert-state.ts';
import { alertSchema } from './alert.ts';
import type { Alert } from './alert.ts';
import { analyticsDataSchema } from './analytics-data.ts';
import type { AnalyticsData } from './analytics-data.ts';
import { changeSetSchema } from './change-set.ts';
import type { ChangeSet } from './change-set.ts';
import { changeSchema } from './change.ts';
import type { ChangePack } from './change.ts';
import { dnsRecordSchema } from './dns-record.ts';
import type { DNSRecord } from './dns-record.ts';
import { domainSchema } from './domain.ts';
import type { Domain } from './domain.ts';
import { edgeNodeSchema } from './edge-node.ts';
import type { EdgeNode } from './edge-node.ts';
import { edgeReportSchema } from './edge-report.ts';
import type { EdgeReport } from './edge-report.ts';
import { incidentSchema } from './incident.ts';
import type { Incident } from './incident.ts';
import { logCheckpointSchema } from './log-checkpoint.ts';
import type { LogCheckpoint } from './log-checkpoint.ts';
import { proxyConfigSchema } from './proxy-config.ts';
import type { ProxyConfig } from './proxy-config.ts';
import { teamSchema } from './team.ts';
import type { Team } from './team.ts';
import { userSchema } from './user.ts';
import type { User } from './user.ts';

/** The document of each model, as it is stored. */
export interface Documents {
  Team: Team;
  User: User;
  Domain: Domain;
  DNSRecord: DNSRecord;
  ProxyConfig: ProxyConfig;
  Alert: Alert;
  AlertState: AlertState;
  Incident: Incident;
  AnalyticsData: AnalyticsData;
  EdgeNode: EdgeNode;
  EdgeReport: EdgeReport;
  LogCheckpoint: LogCheckpoint;
  ChangeSet: ChangeSet;
  Change: ChangePack;
}

export type ModelName = keyof Documents;
export type Models = { readonly [N in ModelName]: Model<Documents[N]> };

const schemas: { [N in ModelName]: () => Schema<Documents[N]> } = {
  Team: teamSchema,
  User: userSchema,
  Domain: domainSchema,
  DNSRecord: dnsRecordSchema,
  ProxyConfig: proxyConfigSchema,
  Alert: alertSchema,
  AlertState: alertStateSchema,
  Incident: incidentSchema,
  AnalyticsData: analyticsDataSchema,
  EdgeNode: edgeNodeSchema,
  EdgeReport: edgeReportSchema,
  LogCheckpoint: logCheckpointSchema,
  ChangeSet: changeSetSchema,
  Change: changeSchema,
};

export const modelNames = Object.keys(schemas) as ModelName[];

/** The models on a connection; each is compiled when first used, because a command needs only a few of them. */
export function modelsOn(connection: Connection): Models {
  const models = {} as Models;
  for (const name of modelNames) {
    Object.defineProperty(models, name, {
      get: () => connection.models[name] ?? connection.model(name, schemas[name]() as Schema),
    });
  }
  return models;
}
