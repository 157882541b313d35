import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyPlan } from '../../src/changes/apply.ts';
import type { Plan } from '../../src/changes/plan.ts';
import { removeTeam } from '../../src/changes/teams.ts';
import { addUser, setUser, userEdits } from '../../src/changes/users.ts';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { operator as access } from '../helpers/access.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

const by = { actor: 'tester', command: 'test', message: '' };

let plane: ControlPlane;
let store: Store;

beforeAll(async () => {
  plane = await controlPlane();
  for (const slug of ['acme', 'globex', 'initech', 'hooli']) await plane.ok(`team add ${slug}`);
  store = await openStore(parseTarget(plane.database, {}));
});

afterAll(() => store.close());

const newUser = (email: string, ...team: string[]) =>
  addUser(store, access, { email, name: '', role: 'viewer', team });

const apply = (plan: Plan) => applyPlan(store, access, plan, by);
const conflict = { code: 'conflict' };

describe('users and the teams they belong to', () => {
  it('refuses a user whose team was removed meanwhile', async () => {
    const made = await newUser('late@acme.example', 'acme', 'globex');
    await apply(await newUser('early@acme.example', 'acme'));
    const joining = await setUser(
      store,
      access,
      'early@acme.example',
      userEdits.parse({ addTeam: ['globex'] }),
    );
    await apply(await removeTeam(store, access, 'globex'));
    await expect(apply(made)).rejects.toMatchObject(conflict);
    await expect(apply(joining)).rejects.toMatchObject(conflict);
    expect(await plane.json('user list --json email,teams')).toEqual([
      { email: 'early@acme.example', teams: ['acme'] },
    ]);
  });

  it('refuses the end of a team that a user joined meanwhile', async () => {
    const end = await removeTeam(store, access, 'initech');
    await apply(await newUser('joined@initech.example', 'initech', 'hooli'));
    await expect(apply(end)).rejects.toMatchObject(conflict);
    await apply(await removeTeam(store, access, 'initech'));
    expect(await plane.json('user show joined@initech.example -o json')).toMatchObject({ teams: ['hooli'] });
  });
});
