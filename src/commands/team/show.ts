import { showTeam } from '../../queries/teams.ts';
import { item } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { teamColumns } from './view.ts';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show one team',
  effect: 'read',
  args: [{ name: 'name', description: 'slug or id of the team' }],
  examples: ['netgoat team show acme'],
  read: async ({ store, access }, input) =>
    item(await showTeam(store, access, String(input['name'])), teamColumns),
};
