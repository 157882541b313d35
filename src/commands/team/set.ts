import { parse } from '../../changes/inputs.ts';
import { setTeam, teamEdits } from '../../changes/teams.ts';
import type { WriteSpec } from '../spec.ts';

export const set: WriteSpec = {
  name: 'set',
  summary: 'give a team another name or slug',
  effect: 'write',
  args: [{ name: 'slug', description: 'slug or id of the team' }],
  options: [
    { flags: '--name <name>', description: 'its new name' },
    { flags: '--new-slug <slug>', description: 'its new slug' },
  ],
  examples: ['netgoat team set acme --name "Acme Corporation"'],
  plan: ({ store, access }, { slug, name, newSlug }) =>
    setTeam(store, access, String(slug), parse(teamEdits, { name, slug: newSlug })),
};
