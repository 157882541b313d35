import type { Schema } from 'mongoose';
import { defineSchema, revision } from './base.ts';
import type { Revisioned } from './base.ts';

/** The root of the hierarchy and the boundary between tenants. */
export interface Team extends Revisioned {
  name: string;
  slug: string;
}

/** The schema and the indexes of Team; built when first used. */
export function teamSchema(): Schema<Team> {
  const schema = defineSchema<Team>({
    name: { type: String, required: true, maxlength: 200 },
    slug: { type: String, required: true, match: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/ },
    revision,
  });
  schema.index({ slug: 1 }, { unique: true });
  return schema;
}
