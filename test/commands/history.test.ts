import { beforeAll, describe, expect, it } from 'vitest';
import { historyOf, record } from '../../src/changes/history.ts';
import { setTeam } from '../../src/changes/teams.ts';
import { openStore, parseTarget } from '../../src/database/open.ts';
import { newId } from '../../src/models/base.ts';
import { operator as access } from '../helpers/access.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

interface Row {
  id: string;
  version: number;
  actor: string;
  command: string;
  message: string;
  state: string;
  count: number;
  teams: string[];
  changes?: { name: string; op: string; team: string }[];
}

describe('history', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await controlPlane();
    await plane.ok('team add "Acme Inc" --slug acme');
    await plane.ok('team add Other');
    await plane.ok('domain add a.example --team acme --reason "they asked"');
    await plane.ok('domain add b.example --team other');
    await plane.ok('domain set a.example --waf on', { env: { USER: 'carol' } });
  });

  const rows = (command: string) => plane.json<Row[]>(`${command} -o json`);

  it('lists the newest first, with who, how and why', async () => {
    const all = await rows('history list');
    expect(all.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    expect(all[0]).toMatchObject({
      actor: 'carol',
      command: 'netgoat domain set a.example',
      teams: ['acme'],
      count: 1,
    });
    expect(all[2]).toMatchObject({ message: 'they asked', state: 'applied' });
  });

  it('cuts, filters and sorts', async () => {
    expect((await rows('history list --limit 2')).map(({ version }) => version)).toEqual([5, 4]);
    // The filter is about all there is, not about the newest one.
    const filtered = await rows('history list --filter message="they asked" --limit 1');
    expect(filtered.map(({ version }) => version)).toEqual([3]);
    expect((await rows('history list --sort version --limit 2')).map(({ version }) => version)).toEqual([
      1, 2,
    ]);
  });

  it('shows one set as the diff that was shown when it was made', async () => {
    const { stdout } = await plane.ok('history show 5');
    expect(stdout).toMatch(/^version +5$/m);
    expect(stdout).toContain('~ domain a.example (acme)\n    waf: off -> on\n');
    expect(stdout).toContain('0 to add, 1 to update, 0 to remove.');
  });

  it('shows the same by id, and as data', async () => {
    const byVersion = await plane.json<Row>('history show 3 -o json');
    expect(byVersion).toMatchObject({
      version: 3,
      changes: [{ op: 'add', name: 'a.example', team: 'acme' }],
    });
    expect(await plane.json<Row>(`history show ${byVersion.id} -o json`)).toEqual(byVersion);
    const fields = await plane.json<Row>('history show 3 --json version,changes');
    expect(Object.keys(fields)).toEqual(['version', 'changes']);
  });

  it('of a team has its own sets alone', async () => {
    expect((await rows('history list --team other')).map(({ version }) => version)).toEqual([4, 2]);
    const result = await plane.run('history show 3 --team other');
    expect(result).toMatchObject({ code: 3, stdout: '' });
  });

  it('of a set of several teams shows a tenant its own Changes, their number, and no other team', async () => {
    const store = await openStore(parseTarget(plane.database, {}));
    const acme = await setTeam(store, access, 'acme', { name: 'Acme secret name' });
    const other = await setTeam(store, access, 'other', { name: 'Other secret name' });
    const plan = { ...acme, changes: [...acme.changes, ...other.changes] };
    const by = { actor: 'admin', command: 'netgoat apply', message: '' };
    const set = newId();
    await record(store, historyOf(set, 900, plan, by, 'applied'), undefined);
    await store.close();
    expect(await plane.json<Row>(`history show ${String(set)} -o json`)).toMatchObject({
      count: 2,
      teams: ['acme', 'other'],
    });
    const [listed] = await rows('history list --team other --limit 1');
    expect(listed).toMatchObject({ version: 900, count: 1, teams: ['other'] });
    const { stdout } = await plane.ok('history show 900 --team other -o json');
    expect(stdout).toContain('Other secret name');
    expect(stdout).not.toMatch(/acme/i);
  });

  it('prefers the set that was applied to one of its version that was taken back', async () => {
    const store = await openStore(parseTarget(plane.database, {}));
    const plan = await setTeam(store, access, 'acme', { name: 'Never' });
    const failed = newId();
    const by = { actor: 'failed', command: 'test', message: '' };
    await record(store, historyOf(failed, 4, plan, by, 'failed'), undefined);
    await store.close();
    expect(await plane.json<Row>('history show 4 -o json')).toMatchObject({ state: 'applied' });
    expect(await plane.json<Row>(`history show ${String(failed)} -o json`)).toMatchObject({
      state: 'failed',
    });
  });

  it('holds no secret of a token, in whatever state its set is', async () => {
    await plane.ok('user add ops@acme.example --team acme --role owner');
    await plane.ok('user token create ops@acme.example --name ci');
    const [newest] = await rows('history list --limit 5 --filter "command~netgoat user token create*"');
    const { stdout } = await plane.ok(`history show ${newest!.id} -o json`);
    expect(stdout).toContain('"prefix"');
    expect(stdout).not.toContain('hash');
  });

  it.each([
    ['history show 12345', 3, 'no set of Changes "12345"'],
    ['history show nonsense', 3, 'no set of Changes'],
    ['history show', 2, 'missing <version>'],
    ['history list --limit 0', 2, 'limit'],
    ['history list --limit x', 2, 'limit'],
    ['history list --json nope', 2, 'no field \\"nope\\"'],
  ])('%s: exit %i', async (command, code, message) => {
    const result = await plane.run(command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
  });
});

describe('the history of a store that holds nothing yet', () => {
  it('is empty', async () => {
    const plane = await controlPlane();
    await plane.ok('team add Acme --dry-run');
    const { stdout, stderr } = await plane.ok('history list');
    expect(stdout).toBe('');
    expect(stderr).toContain('Nothing was changed yet.');
  });
});
