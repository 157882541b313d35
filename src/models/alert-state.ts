import type { Schema } from 'mongoose';
import { defineSchema, domainId, objectId } from './base.ts';
import type { Id } from './base.ts';

/** How things stand for an alert at one source: what was observed last, and since when it is so. */
export interface AlertState {
  _id: Id;
  alertId: Id;
  domainId: Id;
  /** The edge node that reported it: streaks are counted at each; null for probes, and for what all nodes saw. */
  node: Id | null;
  /** When it was observed last; what comes later but is older changes nothing. */
  at: Date;
  bad: boolean;
  /** What was observed, in words. */
  text: string;
  /** Bad observations in a row. */
  failures: number;
  /** The last time that the condition of the rule held; null if it never did. */
  badAt: Date | null;
  /** Since when it is well; null while it is not. */
  goodSince: Date | null;
}

/** The schema and the indexes of AlertState; built when first used. */
export function alertStateSchema(): Schema<AlertState> {
  const schema = defineSchema<AlertState>({
    alertId: { type: objectId, ref: 'Alert', required: true },
    domainId,
    node: { type: objectId, ref: 'EdgeNode', default: null },
    at: { type: Date, required: true },
    bad: { type: Boolean, required: true },
    text: { type: String, default: '', maxlength: 2000 },
    failures: { type: Number, default: 0, min: 0 },
    badAt: { type: Date, default: null },
    goodSince: { type: Date, default: null },
  });
  schema.index({ alertId: 1, node: 1 }, { unique: true });
  schema.index({ domainId: 1 });
  schema.index({ node: 1 });
  return schema;
}
