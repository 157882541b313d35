import type { Schema } from 'mongoose';
import { alertKinds } from './alert.ts';
import { defineSchema, domainId, mixed, objectId, revision, teamId } from './base.ts';
import type { AlertKind } from './alert.ts';
import type { Id, Tenant } from './base.ts';

export const incidentStatuses = ['open', 'acknowledged', 'resolved'] as const;
export const severities = ['minor', 'major', 'critical'] as const;

export const timelineEvents = ['opened', 'escalated', 'acknowledged', 'resolved', 'note'] as const;
export const noticeEvents = ['opened', 'escalated', 'resolved'] as const;

export interface TimelineEntry {
  at: Date;
  actor: string;
  event: (typeof timelineEvents)[number];
  text: string;
}

/** A message to a webhook, sent or to be sent: observed state. */
export interface Delivery {
  /** Names the message to who receives it, the same however often it is sent. */
  id: string;
  event: (typeof noticeEvents)[number];
  /** As the alert has it: a URL, `env:NAME` or `file:PATH`. */
  target: string;
  at: Date;
  attempts: number;
  deliveredAt: Date | null;
  /** What the last attempt came to; null if it went well or there was none yet. */
  error: string | null;
  /** From when on anybody may send it; until then a process has it in hand. Null once it is sent or given up. */
  due: Date | null;
}

/** Something that went wrong with a domain, from the first sight of it to its end. */
export interface Incident extends Tenant {
  domainId: Id;
  alertId: Id | null;
  kind: AlertKind;
  /** That a rule opened it, and resolves it; undefined is false: what is opened by hand is resolved by hand. */
  auto?: boolean;
  severity: (typeof severities)[number];
  status: (typeof incidentStatuses)[number];
  message: string;
  firstSeen: Date;
  lastSeen: Date;
  resolvedAt: Date | null;
  count: number;
  /** Which observations were counted last, so that none is counted twice; undefined where there were none. */
  marks?: string[];
  timeline: TimelineEntry[];
  /** The last ones; undefined where there were none. */
  deliveries?: Delivery[];
  /** `<domainId> <kind>` while it is not resolved: one open incident a domain and kind. */
  openKey?: string;
}

/** The schema and the indexes of Incident; built when first used. */
export function incidentSchema(): Schema<Incident> {
  const schema = defineSchema<Incident>({
    teamId,
    domainId,
    alertId: { type: objectId, ref: 'Alert', default: null },
    kind: { type: String, enum: alertKinds, required: true },
    auto: { type: Boolean, default: false },
    severity: { type: String, enum: severities, default: 'major' },
    status: { type: String, enum: incidentStatuses, required: true },
    message: { type: String, default: '', maxlength: 2000 },
    firstSeen: { type: Date, required: true },
    lastSeen: { type: Date, required: true },
    resolvedAt: { type: Date, default: null },
    count: { type: Number, default: 1, min: 1 },
    marks: { type: [String], default: undefined },
    timeline: [
      {
        _id: false,
        at: { type: Date, required: true },
        actor: { type: String, required: true },
        event: { type: String, enum: timelineEvents, required: true },
        text: { type: String, default: '', maxlength: 10_000 },
      },
    ],
    deliveries: { type: [mixed], default: undefined },
    openKey: String,
    revision,
  });
  schema.index({ openKey: 1 }, { unique: true, sparse: true });
  schema.index({ teamId: 1, firstSeen: -1 });
  schema.index({ domainId: 1, firstSeen: -1 });
  schema.index({ resolvedAt: 1 });
  schema.index({ 'deliveries.due': 1 });
  return schema;
}
