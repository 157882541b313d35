import { beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, parseTarget } from '../../src/database/open.ts';
import { SCHEMA_VERSION } from '../../src/database/schema-stamp.ts';
import type { Store } from '../../src/database/store.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

let plane: ControlPlane;

beforeEach(async () => {
  plane = await controlPlane();
});

async function onStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const { store } = await openDatabase(parseTarget(plane.database, {}), async () => false);
  return work(store).finally(() => store.close());
}

const meta = (store: Store) => store.connection.collection<{ _id: string } & Record<string, unknown>>('meta');
const setSchema = (schema: number) =>
  onStore((store) => meta(store).updateOne({ _id: 'schema' }, { $set: { schema } }));
const indexNames = (collection: string) =>
  onStore(async (store) =>
    (await store.connection.collection(collection).indexes()).map(({ name }) => name).toSorted(),
  );

describe('db upgrade', () => {
  it('says that there is nothing to do', async () => {
    await plane.ok('team add Acme');
    const { stdout, stderr } = await plane.ok('db upgrade');
    expect(stderr).toBe('Nothing to upgrade.\n');
    expect(stdout).toMatch(/^from schema +3$/m);
    expect(await plane.json('db upgrade -o json')).toMatchObject({ from: 3, to: 3, steps: [], indexes: [] });
  });

  it('finishes a database whose making was interrupted', async () => {
    await plane.ok('team add Acme');
    await setSchema(0);
    await onStore((store) => store.connection.collection('teams').dropIndex('slug_1'));
    const steps = [
      'finish making the database',
      'let nodes of two teams be called alike, keep reports',
      'find traffic by its time, keep what alerts have observed',
    ];
    const planned = { from: 0, to: 3, steps, indexes: ['teams.slug_1'] };
    expect(await plane.json('db upgrade --dry-run -o json')).toMatchObject({ ...planned, dryRun: true });
    expect(await indexNames('teams')).toEqual(['_id_']);
    expect(await plane.json('db upgrade -o json')).toMatchObject({ ...planned, dryRun: false });
    expect(await indexNames('teams')).toEqual(['_id_', 'slug_1']);
    expect(await plane.json('db status --json schema')).toMatchObject({
      schema: { version: 3, upgradedBy: expect.stringMatching(/^netgoat \d/) },
    });
    expect((await plane.ok('db upgrade')).stderr).toBe('Nothing to upgrade.\n');
  });

  it('lets nodes of two teams be called alike', async () => {
    await plane.ok('team add Acme');
    await setSchema(1);
    await onStore((store) =>
      store.connection.collection('edgenodes').createIndex({ name: 1 }, { unique: true }),
    );
    const refused = await plane.run('team list');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('`netgoat db upgrade`');
    await plane.ok('db upgrade');
    expect(await indexNames('edgenodes')).toEqual(['_id_', 'name_1_scope_1', 'teams_1']);
    expect(await plane.json('db status --json schema')).toMatchObject({ schema: { version: 3 } });
  });

  it('finds traffic by its time', async () => {
    await plane.ok('team add Acme');
    await setSchema(2);
    await onStore(async (store) => {
      const traffic = store.connection.collection('analyticsdatas');
      await traffic.dropIndex('teamId_1_granularity_1_bucket_1');
      await traffic.createIndex({ teamId: 1 });
    });
    await plane.ok('db upgrade');
    expect(await indexNames('analyticsdatas')).toEqual([
      '_id_',
      'domainId_1_granularity_1_bucket_1',
      'teamId_1_granularity_1_bucket_1',
    ]);
    expect(await indexNames('alertstates')).toContain('alertId_1_node_1');
  });

  it('makes indexes that somebody dropped', async () => {
    await plane.ok('team add Acme');
    const before = await indexNames('domains');
    await onStore((store) => store.connection.collection('domains').dropIndex('hostname_1'));
    const { stdout, stderr } = await plane.ok('db upgrade');
    expect(stdout).toMatch(/^indexes made +domains\.hostname_1$/m);
    expect(stderr).toBe('Done: schema 3.\n');
    expect(await indexNames('domains')).toEqual(before);
  });

  it('refuses an index that somebody else made in the place of ours', async () => {
    await plane.ok('team add Acme');
    await onStore(async (store) => {
      await store.connection.collection('teams').dropIndex('slug_1');
      await store.connection.collection('teams').createIndex({ slug: 1 });
    });
    const refused = await plane.run('db upgrade');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('the index teams.slug_1 is not as this netgoat declares it');
  });
});

describe('a database', () => {
  it('that was left half made is finished by the next write', async () => {
    await onStore((store) =>
      meta(store).insertOne({ _id: 'schema', schema: 0, createdBy: 'netgoat 0', createdAt: new Date() }),
    );
    expect(await plane.json('team list -o json')).toEqual([]);
    await plane.ok('team add Acme');
    expect(await plane.json('db status --json schema')).toMatchObject({ schema: { version: 3 } });
    expect(await indexNames('teams')).toEqual(['_id_', 'slug_1']);
  });

  it.each(['team list', 'db check', 'db upgrade'])('of a newer netgoat is refused: %s', async (command) => {
    await plane.ok('team add Acme');
    await setSchema(99);
    const refused = await plane.run(command);
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toMatch(/has schema 99.*\n.*made by a newer netgoat \(netgoat \d/);
    expect(await plane.json('db status --json schema')).toMatchObject({
      schema: { version: 99, current: SCHEMA_VERSION },
    });
  });

  it.each(['team list', 'db check', 'db upgrade'])('of something else is refused: %s', async (command) => {
    await onStore((store) => store.connection.collection('orders').insertOne({ a: 1 }));
    const refused = await plane.run(command);
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toContain('it belongs to something else');
    expect(await plane.json('db status --json schema,collections')).toEqual({
      schema: null,
      collections: [{ name: 'orders', documents: 1 }],
    });
  });

  it('that is empty has nothing to upgrade', async () => {
    await plane.ok('team add Acme --dry-run');
    expect((await plane.ok('db upgrade')).stderr).toMatch(/^Nothing to upgrade: the database is empty/);
    expect(await plane.json('db status --json schema,collections')).toEqual({
      schema: null,
      collections: [],
    });
  });
});
