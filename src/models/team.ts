import { defineSchema, revision } from './base.ts';
import type { Revisioned } from './base.ts';

/** The root of the hierarchy and the boundary between tenants. */
export interface Team extends Revisioned {
  name: string;
  slug: string;
}

export const teamSchema = defineSchema<Team>({
  name: { type: String, required: true, maxlength: 200 },
  slug: { type: String, required: true, match: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/ },
  revision,
});

teamSchema.index({ slug: 1 }, { unique: true });
