import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import { SCHEMA_VERSION } from '../../src/database/schema-stamp.ts';
import { bundle } from '../helpers/bundle.ts';
import { Environment } from '../../src/embedded/store/environment.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { smallDisk } from '../helpers/small-disk.ts';

let plane: ControlPlane;

beforeEach(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
});

const file = () => join(plane.folder, 'copy.mdb');
const namesOf = async (database: string) =>
  (await plane.json<{ hostname: string }[]>(`domain list -o json --db ${database}`)).map(
    ({ hostname }) => hostname,
  );

describe.runIf(inject('store') !== 'embedded')('a MongoDB', () => {
  it.each([
    ['backup', 'mongodump'],
    ['restore --yes', 'mongorestore'],
  ])('has tools of its own: db %s', async (verb, tool) => {
    const refused = await plane.run(`db ${verb} copy.mdb`);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(tool);
    expect(await readdir(plane.folder)).toEqual([]);
  });
});

describe.runIf(inject('store') === 'embedded')('db backup', () => {
  it('writes one file that only its owner can read, and says what it is of', async () => {
    await plane.ok('domain add shop.example.com --team acme');
    const done = await plane.json<Record<string, unknown>>('db backup copy.mdb -o json');
    const { mode, size } = await stat(file());
    expect(mode & 0o777).toBe(0o600);
    expect(done).toMatchObject({ file: file(), version: 2, schema: SCHEMA_VERSION, bytes: size });
    expect((await readdir(plane.folder)).toSorted()).toEqual(['copy.mdb', 'store']);
    expect(size).toBeLessThan((await stat(join(plane.folder, 'store', 'data.mdb'))).size);
  });

  it('replaces a file only when it is told to', async () => {
    await writeFile(file(), 'something else');
    const refused = await plane.run('db backup copy.mdb');
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toContain('--force replaces it');
    expect(await readFile(file(), 'utf8')).toBe('something else');
    await plane.ok('db backup copy.mdb --force');
    expect((await stat(file())).size).toBeGreaterThan(8192);
  });

  it.each([
    ['', 'a backup is written to a file'],
    ['-', 'a backup is written to a file'],
    ['.', 'is a folder, not a file'],
    ['nowhere/copy.mdb', 'there is no folder'],
    ['store/data.mdb', 'is in the folder of the store itself'],
    ['alias/copy.mdb', 'is in the folder of the store itself'],
  ])('refuses the name %j', async (name, words) => {
    await symlink('store', join(plane.folder, 'alias'));
    const refused = await plane.run(['db', 'backup', name, '--force']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(words);
    await plane.ok('db check');
    expect((await readdir(plane.folder)).toSorted()).toEqual(['alias', 'store']);
  });

  it.skipIf(process.getuid?.() === 0)('says that it may not write there', async () => {
    await chmod(plane.folder, 0o500);
    const refused = await plane.run('db backup copy.mdb').finally(() => chmod(plane.folder, 0o700));
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('permission denied') });
  });

  it('copies one state of a store that is written to', async () => {
    const writes = Array.from({ length: 16 }, (_, at) =>
      plane.ok(`domain add d${at}.example.org --team acme`),
    );
    const copies = await Promise.all(
      [1, 2, 3].map((n) => plane.json<{ version: number }>(`db backup live${n}.mdb -o json`)),
    );
    await Promise.all(writes);
    for (const [at, { version }] of copies.entries()) {
      const restored = `embedded:${join(plane.folder, `restored${at}`)}`;
      await plane.ok(`db restore live${at + 1}.mdb --yes --db ${restored}`);
      // version 1 made the team, and every other one a domain
      expect(await namesOf(restored)).toHaveLength(version - 1);
      await plane.ok(`db check --db ${restored}`);
    }
  });

  it('leaves nothing on a disk that is full, or may not be written', async (context) => {
    const disk = smallDisk(1);
    if (!disk) return context.skip('a file system of its own needs mount, as root');
    try {
      await writeFile(join(disk.path, 'filler'), Buffer.alloc(1_040_000));
      const full = await plane.run(`db backup ${join(disk.path, 'copy.mdb')}`);
      expect(full).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/no space/i) });
      const restored = await plane
        .run(`db backup copy.mdb`)
        .then(() => plane.run(`db restore copy.mdb --yes --db embedded:${join(disk.path, 'store')}`));
      expect(restored).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/no space/i) });
      disk.remount('ro');
      const refused = await plane.run(`db backup ${join(disk.path, 'copy.mdb')}`);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('read-only') });
      expect(await readdir(disk.path)).toEqual(['filler']);
    } finally {
      disk.remove();
    }
  });

  /** Stops a backup by a signal while it copies. */
  async function stopped(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const cli = await bundle(
      'cli',
      `import { main } from './src/main.ts'; await main(process.argv.slice(2));`,
    );
    const child = spawn(process.execPath, [cli.path, 'db', 'backup', file(), '--db', plane.database]);
    const gone = once(child, 'exit');
    const copying = async () => (await readdir(plane.folder)).some((name) => name.endsWith('.tmp.d'));
    while (child.exitCode === null && !(await copying())) await sleep(2);
    child.kill(signal);
    expect(await gone).toEqual([null, signal]);
    await cli.remove();
  }

  it('leaves nothing when it is interrupted', async () => {
    await stopped('SIGINT');
    expect(await readdir(plane.folder)).toEqual(['store']);
  });

  it('removes what one that was killed has left, and nothing of one that is at work', async () => {
    await stopped('SIGKILL');
    const [left = ''] = (await readdir(plane.folder)).filter((name) => name.endsWith('.tmp.d'));
    const [, host = ''] = /^\.copy\.mdb\.([0-9a-f]{8})-\d+-[0-9a-f]{12}\.tmp\.d$/.exec(left) ?? [];
    const kept = [
      `.copy.mdb.${host}-${process.ppid}-0123456789ab.tmp`,
      '.copy.mdb.00000000-1-0123456789ab.tmp.d',
      '.copy.mdb.0123456789ab.tmp',
      `.copy.mdb.x.${host}-${process.pid}-0123456789ab.tmp`,
      '.copy.mdb.notes',
    ];
    const old = ['.copy.mdb.00000000-1-ba9876543210.tmp', '.copy.mdb.ba9876543210.tmp'];
    const ofOneBefore = `.copy.mdb.${host}-${process.pid}-0123456789ab.tmp`;
    for (const name of [...kept, ...old, ofOneBefore]) await writeFile(join(plane.folder, name), '');
    const longAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    for (const name of [...old, '.copy.mdb.notes']) await utimes(join(plane.folder, name), longAgo, longAgo);
    await plane.ok('db backup copy.mdb');
    expect((await readdir(plane.folder)).toSorted()).toEqual([...kept, 'copy.mdb', 'store'].toSorted());
  });

  it('does not copy damage', async () => {
    await plane.ok('domain add shop.example.com --team acme');
    const environment = await Environment.open(join(plane.folder, 'store'));
    const { key } = [...environment.entries.getRange({})].at(-1)!;
    await environment.write(() => environment.entries.removeSync(key));
    await environment.close();
    const refused = await plane.run('db backup copy.mdb');
    expect(refused).toMatchObject({ code: 7, stdout: '' });
    expect(refused.stderr).toMatch(/is damaged: .* lacks document.*\n.*no backup was written/);
    expect(await readdir(plane.folder)).toEqual(['store']);
  });

  it('copies what is whole, and warns of what else is wrong', async () => {
    await plane.ok('domain add shop.example.com --team acme');
    const database = await openStore(parseTarget(plane.database, {}));
    await database.models.Team.collection.deleteMany({});
    await database.close();
    const warning = /^warning: domains\.teamId: 1 name a Team that is not there/m;
    expect((await plane.ok('db backup copy.mdb')).stderr).toMatch(warning);
    expect((await plane.ok('db restore copy.mdb --yes')).stderr).toMatch(warning);
  });
});
