import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyPlan } from '../../src/changes/apply.ts';
import { historyOf, record } from '../../src/changes/history.ts';
import { addTeam, setTeam } from '../../src/changes/teams.ts';
import { readVersion } from '../../src/queries/version.ts';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { NetgoatError } from '../../src/errors.ts';
import { newId } from '../../src/models/base.ts';
import { operator as access } from '../helpers/access.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

const by = { actor: 'tester', command: 'test', message: '' };

let plane: ControlPlane;
let store: Store;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  store = await openStore(parseTarget(plane.database, {}));
});

afterAll(() => store.close());

/** Leaves the lock as a process does that was killed: its holder is no process of this host. */
async function lockOfTheDead(set: ReturnType<typeof newId>): Promise<void> {
  const writer = { set, holder: `${hostname()}:999999999:gone`, until: new Date(Date.now() + 60_000) };
  await store.connection.collection('meta').updateOne({ _id: 'version' as never }, { $set: { writer } });
}

describe('a set of Changes', () => {
  it('raises the version by one, whoever else writes at the same time', async () => {
    const before = await readVersion(store);
    const names = Array.from({ length: 6 }, (_, n) => `racer-${n}`);
    await Promise.all(names.map((name) => plane.ok(`team add ${name}`)));
    expect((await readVersion(store)).value).toBe(before.value + names.length);
    const versions = (await store.models.ChangeSet.find().lean()).map(({ version }) => version);
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('has one winner where two make the same thing', async () => {
    const results = await Promise.all([plane.run('team add twin'), plane.run('team add twin')]);
    expect(results.map(({ code }) => code).toSorted()).toEqual([0, 4]);
  });

  it('is refused when what it was made from has changed, and leaves nothing', async () => {
    const plan = await setTeam(store, access, 'acme', { name: 'First' });
    await applyPlan(store, access, plan, by);
    const { value } = await readVersion(store);
    const late = {
      ...plan,
      changes: [...(await addTeam(store, access, { name: 'Late' })).changes, ...plan.changes],
    };
    await expect(applyPlan(store, access, late, by)).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.models.Team.exists({ slug: 'late' })).toBeNull();
    expect(await readVersion(store)).toEqual({ value, writer: null });
  });

  it('whose plan is refused is not written, whoever tries', async () => {
    const { value } = await readVersion(store);
    const plan = await addTeam(store, access, { name: 'Refused' });
    const refusal = new NetgoatError('safety', 'too much');
    await expect(applyPlan(store, access, { ...plan, refusal }, by)).rejects.toBe(refusal);
    expect(await readVersion(store)).toEqual({ value, writer: null });
  });

  it('larger than a transaction is still one set and one version', async () => {
    const { value } = await readVersion(store);
    const stdin = Array.from({ length: 1_200 }, (_, n) => `host-${n}.example\n`).join('');
    await plane.ok('domain add - --team acme', { stdin });
    expect(await readVersion(store)).toEqual({ value: value + 1, writer: null });
    expect(await store.models.Domain.countDocuments()).toBe(1_200);
    const set = await store.models.ChangeSet.findOne({ version: value + 1 }).lean();
    expect(set).toMatchObject({ state: 'applied', count: 1_200, written: 3 });
    expect(await store.models.Change.countDocuments({ set: set!._id })).toBe(3);
    await plane.ok('team set acme --name "Acme Again"');
  });

  // MongoDB's limit of a document is 16 MiB (Limits and Thresholds, BSON Document Size).
  it('of large documents is cut into packs that fit a document', async () => {
    await plane.ok('domain add large.example --team acme');
    const text = '"' + 'x'.repeat(255) + '" ';
    const stdin = Array.from({ length: 450 }, (_, n) => `t${n} 300 IN TXT "${n}" ${text.repeat(180)}\n`).join(
      '',
    );
    await plane.ok('dns import large.example -', { stdin });
    const { value } = await readVersion(store);
    const set = await store.models.ChangeSet.findOne({ version: value }).lean();
    expect(await store.models.Change.countDocuments({ set: set!._id })).toBeGreaterThan(1);
    expect(await plane.json<{ changes: unknown[] }>(`history show ${value} -o json`)).toMatchObject({
      count: 450,
    });
  });
});

describe('an interrupted set', () => {
  it('is rolled forward by the next writer, at its own version', async () => {
    const { value } = await readVersion(store);
    const set = newId();
    const plan = await addTeam(store, access, { name: 'Unfinished' });
    await record(store, historyOf(set, value + 1, plan, by, 'applying'), undefined);
    await lockOfTheDead(set);
    const { stderr } = await plane.ok('team add Next');
    expect(stderr).toContain(`Finished the interrupted set ${value + 1} (test)\n`);
    expect(await store.models.Team.exists({ slug: 'unfinished' })).not.toBeNull();
    expect(await store.models.ChangeSet.findById(set).lean()).toMatchObject({
      state: 'applied',
      version: value + 1,
    });
    expect(await readVersion(store)).toEqual({ value: value + 2, writer: null });
  });

  it('is finished by history resume, which can look first', async () => {
    expect(await plane.run('history resume')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/Nothing/),
    });
    const { value } = await readVersion(store);
    const set = newId();
    const plan = await addTeam(store, access, { name: 'Resumed' });
    await record(store, historyOf(set, value + 1, plan, by, 'applying'), undefined);
    await lockOfTheDead(set);
    const looked = await plane.ok('history resume --dry-run');
    expect(looked.stdout).toMatch(/ test /);
    expect(await store.models.Team.exists({ slug: 'resumed' })).toBeNull();
    expect((await plane.ok('history resume')).stderr).toContain(`Done: version ${value + 1}.`);
    expect(await store.models.Team.exists({ slug: 'resumed' })).not.toBeNull();
    expect(await readVersion(store)).toEqual({ value: value + 1, writer: null });
  });

  it('that was half written is finished without a trace of the interruption', async () => {
    const { value } = await readVersion(store);
    const set = newId();
    const plan = await addTeam(store, access, { name: 'Half' });
    await record(store, historyOf(set, value + 1, plan, by, 'applying'), undefined);
    await store.models.Team.collection.insertOne(plan.changes[0]!.after as never);
    await lockOfTheDead(set);
    await plane.ok('team add "After Half"');
    expect(await store.models.Team.countDocuments({ slug: 'half' })).toBe(1);
  });

  it('that never got as far as its intent is dropped', async () => {
    const { value } = await readVersion(store);
    await lockOfTheDead(newId());
    await plane.ok('team add Onward');
    expect(await readVersion(store)).toEqual({ value: value + 1, writer: null });
  });

  it('whose key was taken by somebody else is taken back as a whole', async () => {
    const set = newId();
    const { value } = await readVersion(store);
    const one = await addTeam(store, access, { name: 'Taken One' });
    const two = await addTeam(store, access, { name: 'Taken Two' });
    const plan = { ...one, changes: [...one.changes, ...two.changes] };
    await record(store, historyOf(set, value + 1, plan, by, 'applying'), undefined);
    await store.models.Team.collection.insertOne({ ...two.changes[0]!.after, _id: newId() } as never);
    await lockOfTheDead(set);
    expect((await plane.run('team add Trigger')).code).toBe(4);
    expect(await store.models.Team.exists({ slug: 'taken-one' })).toBeNull();
    expect(await store.models.ChangeSet.findById(set).lean()).toMatchObject({ state: 'failed' });
    await plane.ok('team add Trigger');
  });
});
