import { revokeToken } from '../../changes/tokens.ts';
import type { WriteSpec } from '../spec.ts';
import { emailArgument } from './arguments.ts';

export const tokenRevoke: WriteSpec = {
  name: 'revoke',
  summary: 'end an access token at once',
  effect: 'remove',
  args: [emailArgument, { name: 'name', description: 'name of the token' }],
  examples: ['netgoat user token revoke ops@acme.example ci --yes'],
  plan: ({ store, access }, input) =>
    revokeToken(store, access, String(input['email']), String(input['name'])),
};
