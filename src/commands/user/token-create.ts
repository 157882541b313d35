import { parse } from '../../changes/inputs.ts';
import { createToken, newToken } from '../../changes/tokens.ts';
import { scopes } from '../../models/user.ts';
import type { WriteSpec } from '../spec.ts';
import { emailArgument, teamsOption } from './arguments.ts';

export const tokenCreate: WriteSpec = {
  name: 'create',
  summary: 'make an access token; it is shown once',
  effect: 'write',
  args: [emailArgument],
  options: [
    { flags: '--name <name>', description: 'what it is for', required: true },
    {
      flags: '--scope <scope>',
      description: 'read (the default), write or edge; may be repeated',
      choices: scopes,
      repeat: true,
    },
    teamsOption('a team it reaches; all of the user by default'),
    { flags: '--expires <when>', description: 'such as 30d, 2027-01-31, or never (default: 90d)' },
  ],
  examples: [
    'netgoat user token create ops@acme.example --name ci --scope read --scope write --expires 30d',
    'NETGOAT_TOKEN=$(netgoat user token create ops@acme.example --name ci -o name)',
  ],
  plan: async ({ store, access, context }, { email, ...input }) => {
    // Here --team says what the token reaches, not where the user is looked for.
    const reach = input['team'] === undefined ? access : await context.access(null);
    return createToken(store, reach, String(email), parse(newToken, input), context.world.now());
  },
};
