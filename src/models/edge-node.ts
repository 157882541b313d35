import type { Schema } from 'mongoose';
import { defineSchema, mixed, objectId } from './base.ts';
import type { Id } from './base.ts';

/** What a node last refused, and in which words. */
export interface Refusal {
  at: Date;
  version: number;
  reason: string;
}

/** An edge and what it last confirmed to run: observed state, outside the Changes. */
export interface EdgeNode {
  _id: Id;
  /** The name it gives itself, once per team. */
  name: string;
  /** Where it is pushed to; null for one that connects to `sync serve` by itself. */
  url: string | null;
  /** The teams whose domains it is sent, sorted; empty for all. */
  teams: Id[];
  /** The same as one text: what makes two nodes of a name two. */
  scope: string;
  /** The last version that it confirmed, and the checksum of what it then ran; null before the first ACK. */
  version: number | null;
  checksum: string | null;
  ackedAt: Date | null;
  lastSeen: Date | null;
  /** Taken away by the next ACK. */
  lastRefusal: Refusal | null;
}

/** The scope of a node that is sent the domains of these teams. */
export function nodeScope(teams: readonly Id[]): string {
  return teams.map(String).toSorted().join();
}

/** The schema and the indexes of EdgeNode; built when first used. */
export function edgeNodeSchema(): Schema<EdgeNode> {
  const schema = defineSchema<EdgeNode>({
    name: { type: String, required: true, maxlength: 128 },
    url: { type: String, default: null },
    teams: [{ type: objectId, ref: 'Team' }],
    scope: { type: String, default: '' },
    version: { type: Number, default: null },
    checksum: { type: String, default: null },
    ackedAt: { type: Date, default: null },
    lastSeen: { type: Date, default: null },
    lastRefusal: { type: mixed, default: null },
  });
  // Nodes of two tenants may be called alike. Not over the list of teams: not every server keeps one unique.
  schema.index({ name: 1, scope: 1 }, { unique: true });
  schema.index({ teams: 1 });
  return schema;
}
