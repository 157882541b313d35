import { showUser } from '../../queries/users.ts';
import { item } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { emailArgument } from './arguments.ts';
import { userColumns } from './view.ts';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show one user',
  effect: 'read',
  args: [emailArgument],
  examples: ['netgoat user show ops@acme.example'],
  read: async ({ store, access }, input) =>
    item(await showUser(store, access, String(input['email'])), userColumns),
};
