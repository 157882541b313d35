import { removeTeam } from '../../changes/teams.ts';
import type { WriteSpec } from '../spec.ts';

export const remove: WriteSpec = {
  name: 'remove',
  summary: 'remove a team and all that hangs from it',
  effect: 'remove',
  aliases: ['rm'],
  args: [{ name: 'slug', description: 'slug or id of the team' }],
  examples: ['netgoat team remove acme --dry-run', 'netgoat team remove acme --yes'],
  plan: ({ store, access }, input) => removeTeam(store, access, String(input['slug'])),
};
