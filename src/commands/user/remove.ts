import { removeUser } from '../../changes/users.ts';
import type { WriteSpec } from '../spec.ts';
import { emailArgument, teamsOption } from './arguments.ts';

export const remove: WriteSpec = {
  name: 'remove',
  summary: 'remove a user and its tokens',
  effect: 'remove',
  aliases: ['rm'],
  args: [emailArgument],
  options: [teamsOption('only if it belongs to no other team')],
  examples: ['netgoat user remove ops@acme.example --dry-run', 'netgoat user remove ops@acme.example --yes'],
  plan: ({ store, access }, input) => removeUser(store, access, String(input['email'])),
};
