import type { Schema } from 'mongoose';
import { defineSchema, revision } from './base.ts';
import type { Revisioned } from './base.ts';

/** The root of the hierarchy and the boundary between tenants. */
export interface Team extends Revisioned {
  name: string;
  slug: string;
  /** Seconds after which its traffic is pruned; null or undefined keeps it. */
  retention?: number | null;
}

/** The schema and the indexes of Team; built when first used. */
export function teamSchema(): Schema<Team> {
  const schema = defineSchema<Team>({
    name: { type: String, required: true, maxlength: 200 },
    slug: { type: String, required: true, match: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/ },
    retention: { type: Number, default: null, min: 1 },
    revision,
  });
  schema.index({ slug: 1 }, { unique: true });
  return schema;
}
