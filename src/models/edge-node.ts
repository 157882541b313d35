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

export const edgeNodeSchema = defineSchema<EdgeNode>({
  name: { type: String, required: true, maxlength: 253 },
  url: { type: String, default: null },
  teams: [{ type: objectId, ref: 'Team' }],
  version: { type: Number, default: null },
  checksum: { type: String, default: null },
  lastSeen: { type: Date, default: null },
  lastRefusal: { type: mixed, default: null },
});

edgeNodeSchema.index({ name: 1 }, { unique: true });
