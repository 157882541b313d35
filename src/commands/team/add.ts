import { parse } from '../../changes/inputs.ts';
import { addTeam, newTeam } from '../../changes/teams.ts';
import type { WriteSpec } from '../spec.ts';

export const add: WriteSpec = {
  name: 'add',
  summary: 'make a team',
  effect: 'write',
  args: [{ name: 'name', description: 'its name, for people' }],
  options: [
    { flags: '--slug <slug>', description: 'its name on the command line; made from the name by default' },
    { flags: '--retention <time>', description: 'how long its traffic is kept, such as 90d; all by default' },
  ],
  examples: ['netgoat team add "Acme Inc" --slug acme'],
  plan: ({ store, access }, input) => addTeam(store, access, parse(newTeam, input)),
};
