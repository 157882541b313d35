import { parse } from '../../changes/inputs.ts';
import { setTeam, teamEdits } from '../../changes/teams.ts';
import type { WriteSpec } from '../spec.ts';

export const set: WriteSpec = {
  name: 'set',
  summary: 'give a team another name or slug, or say how long its traffic is kept',
  effect: 'write',
  args: [{ name: 'slug', description: 'slug or id of the team' }],
  options: [
    { flags: '--name <name>', description: 'its new name' },
    { flags: '--new-slug <slug>', description: 'its new slug' },
    { flags: '--retention <time>', description: 'how long its traffic is kept, such as 90d' },
    { flags: '--no-retention', description: 'keep all of its traffic' },
  ],
  examples: ['netgoat team set acme --name "Acme Corporation"', 'netgoat team set acme --retention 90d'],
  plan: ({ store, access }, { slug, name, newSlug, retention }) =>
    setTeam(store, access, String(slug), parse(teamEdits, { name, slug: newSlug, retention })),
};
