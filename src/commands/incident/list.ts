import { z } from 'zod';
import { duration, parse } from '../../changes/inputs.ts';
import { alertKinds } from '../../models/alert.ts';
import type { AlertKind } from '../../models/alert.ts';
import { incidentStatuses, severities } from '../../models/incident.ts';
import type { Incident } from '../../models/incident.ts';
import { listIncidents } from '../../queries/incidents.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { incidentColumns } from './view.ts';

const period = z.object({ since: duration.optional() });

export const list: ReadSpec = {
  name: 'list',
  summary: 'list the incidents that are not resolved, or others',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  options: [
    { flags: '--domain <domain>', description: 'only of this domain' },
    {
      flags: '--status <status>',
      description: 'only in this state; open and acknowledged by default',
      choices: [...incidentStatuses, 'all'],
    },
    { flags: '--kind <kind>', description: 'only of this kind', choices: alertKinds },
    { flags: '--severity <severity>', description: 'only of this severity', choices: severities },
    { flags: '--since <time>', description: 'only those first seen within this time, such as 7d' },
  ],
  examples: [
    'netgoat incident list --team acme --status open',
    'netgoat incident list --domain shop.example.com --status all --since 7d',
  ],
  read: async ({ store, access, context }, { domain, status, kind, severity, since }) => {
    const { since: seconds } = parse(period, { since });
    const statuses = status === undefined ? ['open', 'acknowledged'] : [status];
    const incidents = await listIncidents(store, access, {
      ...(domain === undefined ? {} : { domain: String(domain) }),
      ...(status === 'all' ? {} : { statuses: statuses as Incident['status'][] }),
      ...(kind === undefined ? {} : { kind: kind as AlertKind }),
      ...(severity === undefined ? {} : { severity: severity as Incident['severity'] }),
      ...(seconds === undefined ? {} : { since: new Date(context.world.now().getTime() - seconds * 1000) }),
    });
    return listOutcome(incidents, incidentColumns, 'No such incidents.');
  },
};
