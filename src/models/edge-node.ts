import type { Schema } from 'mongoose';
import { defineSchema, mixed, objectId } from './base.ts';
import type { Id } from './base.ts';

/** An edge and what it last said it runs: observed state, outside the Changes. */
export interface EdgeNode {
  _id: Id;
  name: string;
  url: string | null;
  /** The teams whose domains it is sent; empty for all. */
  teams: Id[];
  version: number | null;
  checksum: string | null;
  lastSeen: Date | null;
  lastRefusal: { at: Date; version: number; reason: string } | null;
}

/** The schema and the indexes of EdgeNode; built when first used. */
export function edgeNodeSchema(): Schema<EdgeNode> {
  const schema = defineSchema<EdgeNode>({
    name: { type: String, required: true, maxlength: 253 },
    url: { type: String, default: null },
    teams: [{ type: objectId, ref: 'Team' }],
    version: { type: Number, default: null },
    checksum: { type: String, default: null },
    lastSeen: { type: Date, default: null },
    lastRefusal: { type: mixed, default: null },
  });
  schema.index({ name: 1 }, { unique: true });
  return schema;
}
