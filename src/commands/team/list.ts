import { listTeams } from '../../queries/teams.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { teamColumns } from './view.ts';

export const list: ReadSpec = {
  name: 'list',
  summary: 'list the teams',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  examples: ['netgoat team list', 'netgoat team list --json slug,domains'],
  read: async ({ store, access }) =>
    listOutcome(
      await listTeams(store, access),
      teamColumns,
      'No teams yet: `netgoat team add "Acme Inc"` makes one.',
    ),
};
