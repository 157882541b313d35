import { parse } from '../../changes/inputs.ts';
import { setUser, userEdits } from '../../changes/users.ts';
import type { WriteSpec } from '../spec.ts';
import { emailArgument, roleOption, teamsOption } from './arguments.ts';

export const set: WriteSpec = {
  name: 'set',
  summary: 'change the name, the roles or the teams of a user',
  effect: 'write',
  args: [emailArgument],
  options: [
    { flags: '--name <name>', description: 'its new name' },
    { ...roleOption, description: 'its role in the team added, in --team, or in its only team' },
    teamsOption('the team of the role'),
    { flags: '--add-team <slug>', description: 'make it a member too; may be repeated', repeat: true },
    { flags: '--remove-team <slug>', description: 'take it out of the team; may be repeated', repeat: true },
  ],
  examples: [
    'netgoat user set ops@acme.example --role editor --team acme',
    'netgoat user set ops@acme.example --add-team globex --role viewer',
  ],
  plan: ({ store, access }, { email, ...edits }) =>
    setUser(store, access, String(email), parse(userEdits, edits)),
};
