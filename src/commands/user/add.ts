import { parse } from '../../changes/inputs.ts';
import { addUser, newUser } from '../../changes/users.ts';
import { owningTeam } from '../owning-team.ts';
import type { WriteSpec } from '../spec.ts';
import { roleOption, teamsOption } from './arguments.ts';

export const add: WriteSpec = {
  name: 'add',
  summary: 'make a user of one team or more',
  effect: 'write',
  args: [{ name: 'email', description: 'e-mail address of the user' }],
  options: [
    teamsOption('a team it belongs to'),
    { ...roleOption, description: 'owner, editor or viewer (the default) in these teams' },
    { flags: '--name <name>', description: 'name of the user, for people' },
  ],
  examples: ['netgoat user add ops@acme.example --name Ops --team acme --role owner'],
  plan: async (call, input) => {
    const team = input['team'] ?? [await owningTeam(call, undefined)];
    return addUser(call.store, call.access, parse(newUser, { ...input, team }));
  },
};
