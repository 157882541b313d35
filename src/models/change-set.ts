import type { Schema } from 'mongoose';
import { defineSchema, objectId } from './base.ts';
import type { Id } from './base.ts';

/** `applying` until every Change of it is written; `failed` when it was taken back as a whole. */
export type ChangeSetState = 'applying' | 'applied' | 'failed';

/** One act of one actor: the set of Changes that raised the store's version by one. Append-only. */
export interface ChangeSet {
  _id: Id;
  version: number;
  at: Date;
  actor: string;
  command: string;
  message: string;
  state: ChangeSetState;
  count: number;
  /** Of a set that runs as several transactions, how many of its packs are written. */
  written?: number;
  /** Teams whose documents it touches; a set of another team alone is not shown to a tenant. */
  teams: Id[];
  /** Zones whose records it changes, with the zone revision it started from. */
  zones: { domainId: Id; revision: number }[];
}

/** The schema and the indexes of ChangeSet; built when first used. */
export function changeSetSchema(): Schema<ChangeSet> {
  const schema = defineSchema<ChangeSet>({
    version: { type: Number, required: true },
    at: { type: Date, required: true },
    actor: { type: String, required: true },
    command: { type: String, default: '' },
    message: { type: String, default: '', maxlength: 10_000 },
    state: { type: String, enum: ['applying', 'applied', 'failed'], required: true },
    count: { type: Number, required: true },
    written: Number,
    teams: [objectId],
    zones: [{ _id: false, domainId: objectId, revision: Number }],
  });
  schema.index({ version: -1 });
  schema.index({ teams: 1, version: -1 });
  return schema;
}
