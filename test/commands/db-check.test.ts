import { open, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store as Database } from '../../src/database/store.ts';
import { documentKey, prefixRange, readUint48 } from '../../src/embedded/store/bytes.ts';
import type { Collection, Index } from '../../src/embedded/store/index-definition.ts';
import { Environment } from '../../src/embedded/store/environment.ts';
import { Store } from '../../src/embedded/store/store.ts';
import { newId } from '../../src/models/base.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

interface Report {
  ok: boolean;
  documents: number;
  collections: {
    name: string;
    documents: number;
    bytes: number;
    indexes: { name: string; entries: number }[];
  }[];
  findings: { level: string; where: string; what: string; next: string }[];
}

const HOSTNAME = 'shop.example.com';

let plane: ControlPlane;

beforeEach(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok(`domain add ${HOSTNAME} --team acme`);
  await plane.ok(`dns add ${HOSTNAME} www A 192.0.2.1 192.0.2.2`);
});

/** Runs `db check`, which must find something; gives what. */
async function found(): Promise<Report> {
  const { code, stdout, stderr } = await plane.run('db check -o json');
  expect(code, stderr).toBe(7);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'finding', hint: expect.any(String) } });
  return JSON.parse(stdout) as Report;
}

async function onDatabase(work: (database: Database) => Promise<unknown>): Promise<void> {
  const database = await openStore(parseTarget(plane.database, {}));
  await work(database).finally(() => database.close());
}

describe('db check', () => {
  it('counts what there is and finds nothing', async () => {
    const { stdout, stderr } = await plane.ok('db check');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^in order +yes$/m);
    const report = await plane.json<Report>('db check -o json');
    expect(report).toMatchObject({ ok: true, findings: [] });
    const counts = Object.fromEntries(report.collections.map(({ name, documents }) => [name, documents]));
    expect(counts).toMatchObject({ teams: 1, domains: 1, dnsrecords: 2, changesets: 3, meta: 2, users: 0 });
    expect(report.documents).toBe(Object.values(counts).reduce((sum, count) => sum + count, 0));
  });

  it('finds documents that name another which is not there', async () => {
    await onDatabase(({ models }) => models.Domain.collection.deleteOne({ hostname: HOSTNAME }));
    const { findings } = await found();
    expect(findings).toEqual([
      expect.objectContaining({
        level: 'error',
        where: 'dnsrecords.domainId',
        what: expect.stringMatching(/^2 name a Domain/),
      }),
    ]);
  });

  it('finds references in lists of nested documents', async () => {
    const gone = newId();
    await onDatabase(({ models }) =>
      models.User.collection.insertOne({
        _id: newId(),
        email: 'a@example.com',
        name: '',
        teams: [],
        roles: [{ team: gone, role: 'owner' }],
        tokens: [],
        revision: 1,
      } as never),
    );
    const { findings } = await found();
    expect(findings.map(({ where }) => where)).toEqual(['users.roles.team']);
    expect(findings[0]!.what).toContain(String(gone));
  });

  it('finds an index that is missing, and db upgrade makes it', async () => {
    await onDatabase(({ models }) => models.Domain.collection.dropIndex('hostname_1'));
    const { findings } = await found();
    expect(findings).toEqual([
      {
        level: 'warning',
        where: 'domains.hostname_1',
        what: 'the index is missing',
        next: 'run `netgoat db upgrade`',
      },
    ]);
    await plane.ok('db upgrade');
    await plane.ok('db check');
  });

  it('finds a set of changes that was interrupted, and not one that runs', async () => {
    const set = newId();
    const writer = { set, holder: 'elsewhere:1:x', until: new Date(Date.now() + 60_000) };
    await onDatabase(async ({ models, connection }) => {
      const fields = { at: new Date(), actor: 'a', message: '', count: 0, teams: [], zones: [] };
      await models.ChangeSet.collection.insertOne({
        ...fields,
        _id: set,
        version: 4,
        command: 'netgoat domain add x',
        state: 'applying',
      } as never);
      await connection
        .collection<{ _id: string }>('meta')
        .updateOne({ _id: 'version' }, { $set: { writer } });
    });
    await plane.ok('db check');
    await onDatabase(({ connection }) =>
      connection
        .collection<{ _id: string }>('meta')
        .updateOne({ _id: 'version' }, { $set: { 'writer.until': new Date(0) } }),
    );
    const { findings } = await found();
    expect(findings).toEqual([
      expect.objectContaining({ level: 'warning', what: 'interrupted: netgoat domain add x' }),
    ]);
  });

  it('finds a version that is behind its history', async () => {
    await onDatabase(({ connection }) =>
      connection.collection<{ _id: string }>('meta').updateOne({ _id: 'version' }, { $set: { value: 1 } }),
    );
    const { findings } = await found();
    expect(findings.map(({ what }) => what)).toEqual(['the version is 1, but history has 3']);
  });

  it('finds nothing while others write', async () => {
    const writes = Array.from({ length: 12 }, (_, at) =>
      plane.run(`domain add d${at}.example.org --team acme`),
    );
    const checks = await Promise.all(Array.from({ length: 4 }, () => plane.run('db check')));
    expect(checks.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      checks.map(() => ({ code: 0, stderr: '' })),
    );
    expect((await Promise.all(writes)).map(({ code }) => code)).toEqual(writes.map(() => 0));
  });
});

describe.runIf(inject('store') === 'embedded')('db check of an embedded store', () => {
  const data = () => join(plane.folder, 'store', 'data.mdb');

  /** Does damage below the level of the database. */
  async function damage(work: (store: Store, domains: Collection, hostname: Index) => void): Promise<void> {
    const environment = await Environment.open(join(plane.folder, 'store'));
    const store = new Store(environment);
    const domains = store.catalog.collections().get('netgoat.domains')!;
    const hostname = domains.indexes.find(({ name }) => name === 'hostname_1')!;
    await environment.write(() => work(store, domains, hostname));
    await environment.close();
  }

  const firstEntry = ({ environment }: Store, { id }: Index) =>
    [...environment.entries.getRange(prefixRange(id))][0]!;
  const firstDocument = ({ environment }: Store, { id }: Collection) =>
    [...environment.documents.getRange(prefixRange(id))][0]!;

  /** The places and words of what is found, which must be no more than these. */
  async function expectFindings(...expected: [where: string, what: RegExp][]): Promise<void> {
    const { findings } = await found();
    expect(findings.map(({ where, what }) => `${where}: ${what}`)).toEqual(
      expected.map(([where, what]) => expect.stringMatching(new RegExp(`^${where}: ${what.source}`))),
    );
    for (const { level, next } of findings)
      expect({ level, next }).toMatchObject({
        level: 'error',
        next: expect.stringContaining('restore a backup'),
      });
  }

  it('counts bytes and entries', async () => {
    const { collections } = await plane.json<Report>('db check -o json');
    const domains = collections.find(({ name }) => name === 'domains')!;
    expect(domains.bytes).toBeGreaterThan(100);
    expect(domains.indexes).toEqual(
      ['_id_', 'hostname_1', 'teamId_1_hostname_1', 'reversedName_1'].map((name) => ({ name, entries: 1 })),
    );
    const records = collections.find(({ name }) => name === 'dnsrecords')!;
    expect(records.indexes.every(({ entries }) => entries === 2)).toBe(true);
  });

  it('finds an index entry that is missing', async () => {
    await damage((store, _, index) => store.environment.entries.removeSync(firstEntry(store, index).key));
    await expectFindings(['domains', /index hostname_1 lacks document \d+/]);
  });

  it('finds an index entry that no document makes', async () => {
    await damage((store, _, index) => {
      const { key, value } = firstEntry(store, index);
      store.environment.entries.putSync(Buffer.concat([key, Buffer.from('x')]), value);
    });
    await expectFindings(['domains', /index hostname_1 has a stray entry of document \d+/]);
  });

  it('finds an index entry that leads to another document', async () => {
    await damage((store, _, index) => {
      const { key, value } = firstEntry(store, index);
      const other = Buffer.from(value);
      other.writeUIntBE(readUint48(value) + 1000, 0, 6);
      store.environment.entries.putSync(key, other);
    });
    await expectFindings(
      ['domains', /index hostname_1 has document \d+ for \d+/],
      ['domains', /index hostname_1 has a stray entry of document \d+/],
    );
  });

  it('finds a document whose text was changed', async () => {
    await damage((store, domains) => {
      const { key, value } = firstDocument(store, domains);
      const changed = Buffer.from(value);
      changed.write('sh0p', changed.indexOf(HOSTNAME));
      store.environment.documents.putSync(key, changed);
    });
    const { findings } = await found();
    expect(findings.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^index hostname_1 lacks document/),
    );
  });

  it.each<[string, (raw: Buffer) => Buffer]>([
    ['cut short', (raw) => raw.subarray(0, raw.length - 7)],
    ['with more behind it', (raw) => Buffer.concat([raw, Buffer.from('x')])],
    ['with a length that is too large', (raw) => (raw.writeInt32LE(raw.length + 400, 0), raw)],
    ['with an unknown type', (raw) => ((raw[4] = 0x63), raw)],
    ['of zeros', (raw) => raw.fill(0)],
    ['of nothing', () => Buffer.alloc(0)],
  ])('finds a document %s', async (_name, change) => {
    await damage((store, domains) => {
      const { key, value } = firstDocument(store, domains);
      store.environment.documents.putSync(key, change(Buffer.from(value)));
    });
    const { findings } = await found();
    expect(findings.map(({ where, what }) => `${where}: ${what}`)).toContainEqual(
      expect.stringMatching(/^domains: document \d+ is damaged/),
    );
  });

  it('finds documents and entries that belong to nothing', async () => {
    await damage((store) => {
      store.environment.documents.putSync(documentKey(9999, 1), Buffer.from('x'));
      store.environment.entries.putSync(Buffer.from([0, 0, 99, 99, 1]), Buffer.alloc(0));
    });
    await expectFindings(
      ['store', /1 documents belong to no collection/],
      ['store', /1 index entries belong to no index/],
    );
  });

  it.each([0.3, 0.7])(
    'finds a data file that was cut to %d of its length, and no command dies of it',
    async (part) => {
      await truncate(data(), Math.floor((await stat(data())).size * part));
      const { findings } = await found();
      expect(findings[0]!.what).toMatch(/beyond the end of the file$/);
      for (const command of [
        'team list',
        'domain add x.example.com --team acme',
        'db status',
        'db backup copy.mdb',
      ]) {
        const refused = await plane.run(command);
        expect(refused).toMatchObject({ code: 5, stdout: '' });
        expect(refused.stderr).toMatch(/is damaged: data\.mdb is cut short\n.*db restore FILE/);
      }
    },
  );

  it.each<[string, () => Promise<void>, RegExp]>([
    ['empty', () => truncate(data(), 0), /no readable first pages/],
    ['missing', () => rm(data()), /the data file is missing/],
  ])('finds a data file that is %s', async (_name, lose, words) => {
    await lose();
    const { findings } = await found();
    expect(findings.map(({ what }) => what)).toEqual([expect.stringMatching(words)]);
  });

  it('finds pages that were overwritten', async () => {
    const { size } = await stat(data());
    const file = await open(data(), 'r+');
    for (let at = 3 * 4096; at < size; at += 4096) await file.write(Buffer.alloc(200, 0xa5), 0, 200, at);
    await file.close();
    const { findings } = await found();
    expect(findings.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/page \d+ is not what it should be/),
    );
  });
});
