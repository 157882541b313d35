import { listUsers } from '../../queries/users.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { userColumns } from './view.ts';

export const list: ReadSpec = {
  name: 'list',
  summary: 'list the users, with their role in each team',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  examples: ['netgoat user list --team acme', 'netgoat user list --filter roles.acme=owner'],
  read: async ({ store, access }) =>
    listOutcome(
      await listUsers(store, access),
      userColumns,
      'No users: `netgoat user add EMAIL --team TEAM` makes one.',
    ),
};
