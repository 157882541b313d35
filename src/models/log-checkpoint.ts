import type { Schema } from 'mongoose';
import { defineSchema, mixed } from './base.ts';
import type { Id } from './base.ts';

/** Kept as long as a log may be read again. */
const KEPT_SECONDS = 400 * 24 * 3600;

/** How far a log was counted, so that one that has grown goes on from there, whatever its name is by then. */
export interface LogCheckpoint {
  _id: Id;
  /** SHA-256 of its first request: what finds the checkpoints that may be of a log. */
  head: string;
  /** What was counted of it: `all`, `teams ID,ID` or `domain ID`. */
  scope: string;
  /** In bytes of the log, unpacked. */
  offset: number;
  /** SHA-256 of all that stands before the offset. */
  hash: string;
  /** The chunk that is being counted, up to where, and the hash up to there: interrupted, the same is counted first. */
  pending: { to: number; hash: string } | null;
  /** How often it was counted as if it were new, whatever had been counted of it. */
  anew: number;
  updatedAt: Date;
}

/** The schema and the indexes of LogCheckpoint; built when first used. */
export function logCheckpointSchema(): Schema<LogCheckpoint> {
  const schema = defineSchema<LogCheckpoint>({
    head: { type: String, required: true },
    scope: { type: String, required: true },
    offset: { type: Number, required: true, min: 0 },
    hash: { type: String, required: true },
    pending: { type: mixed, default: null },
    anew: { type: Number, default: 0, min: 0 },
    updatedAt: { type: Date, required: true },
  });
  schema.index({ head: 1 });
  schema.index({ scope: 1 });
  schema.index({ updatedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
  return schema;
}
