import { listTokens } from '../../queries/users.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { emailArgument } from './arguments.ts';
import { tokenColumns } from './view.ts';

export const tokenList: ReadSpec = {
  name: 'list',
  summary: 'list the access tokens of a user',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  args: [emailArgument],
  examples: ['netgoat user token list ops@acme.example'],
  read: async ({ store, access, context }, input) =>
    listOutcome(
      await listTokens(store, access, String(input['email']), context.world.now()),
      tokenColumns,
      'No tokens: `netgoat user token create EMAIL --name NAME` makes one.',
    ),
};
