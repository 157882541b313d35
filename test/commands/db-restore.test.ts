import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { execute } from '../../src/commands/execute.ts';
import { restore } from '../../src/commands/db/restore.ts';
import { createContext } from '../../src/context.ts';
import { openStore, parseTarget } from '../../src/database/open.ts';
import { SCHEMA_VERSION } from '../../src/database/schema-stamp.ts';
import { Environment } from '../../src/embedded/store/environment.ts';
import { bundle } from '../helpers/bundle.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { holdOpen } from '../helpers/holder.ts';

/** Adds domains, with pauses in which a restore may come, and sends the names of those that it was told are done. */
const ADDER = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { main } from './src/main.ts';
  const added = [];
  for (let n = 0; n < 10; n++) {
    await sleep(Math.random() * 250);
    const name = process.argv[2] + n + '.example.org';
    if ((await main(['domain', 'add', name, '--team', 'acme'])) === 0) added.push(name);
  }
  process.send(added, () => process.disconnect());
`;

let plane: ControlPlane;

const store = () => join(plane.folder, 'store');
const data = () => join(store(), 'data.mdb');
const digest = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
const names = async () =>
  (await plane.json<{ hostname: string }[]>('domain list -o json')).map(({ hostname }) => hostname);

describe.runIf(inject('store') === 'embedded')('db restore', () => {
  beforeEach(async () => {
    plane = await controlPlane();
    await plane.ok('team add Acme');
    await plane.ok('domain add old.example.com --team acme');
    await plane.ok('db backup copy.mdb');
    await plane.ok('domain add new.example.com --team acme');
  });

  /** Refused, and the store is as it was, without leftovers. */
  async function refuses(command: string, code: number, words: string | RegExp): Promise<void> {
    const before = await readFile(data());
    const files = await readdir(store());
    const refused = await plane.run(command);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toMatch(words);
    expect(before.equals(await readFile(data()))).toBe(true);
    expect(await readdir(store())).toEqual(files);
    expect(await names()).toEqual(['new.example.com', 'old.example.com']);
  }

  it('brings back what was, and keeps what is, so that it can be undone', async () => {
    const done = await plane.json<{ kept: string }>('db restore copy.mdb --yes -o json', {
      now: new Date('2026-11-24T08:09:10.123Z'),
    });
    const kept = join(store(), 'data.mdb.20261124T080910Z');
    expect(done).toMatchObject({
      file: join(plane.folder, 'copy.mdb'),
      version: 2,
      schema: SCHEMA_VERSION,
      kept,
    });
    expect(await names()).toEqual(['old.example.com']);
    await plane.ok('domain add more.example.com --team acme');
    await plane.ok('db check');
    const undone = await plane.ok(`db restore ${kept} --yes`);
    expect(undone.stderr).toMatch(/^Done\. To undo it: netgoat db restore .*\/data\.mdb\.20\S+Z\n$/);
    expect(await names()).toEqual(['new.example.com', 'old.example.com']);
    expect((await stat(data())).mode & 0o777).toBe(0o600);
  });

  it('keeps the old data of two restores in one second', async () => {
    const now = new Date();
    await plane.ok('db restore copy.mdb --yes', { now });
    await plane.ok('db restore copy.mdb --yes', { now });
    expect((await readdir(store())).filter((name) => name.startsWith('data.mdb.'))).toHaveLength(2);
  });

  it('makes a store where there is none', async () => {
    const folder = join(plane.folder, 'fresh', 'store');
    const done = await plane.ok(`db restore copy.mdb --yes --db embedded:${folder}`);
    expect(done.stderr).toBe('Done.\n');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await readdir(folder)).toEqual(['data.mdb']);
    expect(await plane.json(`domain list --json hostname --db embedded:${folder}`)).toEqual([
      { hostname: 'old.example.com' },
    ]);
  });

  it('mends a store that lost its end, or all of its data', async () => {
    await truncate(data(), 5000);
    await plane.ok('db restore copy.mdb --yes');
    expect(await names()).toEqual(['old.example.com']);
    await truncate(data(), 0);
    await plane.ok('db restore copy.mdb --yes');
    expect(await names()).toEqual(['old.example.com']);
  });

  it('only says what it would do with --dry-run', async () => {
    const before = await readFile(data());
    const { stdout, stderr } = await plane.ok('db restore copy.mdb --dry-run');
    expect(stdout).toMatch(/^version +2$/m);
    expect(stdout).not.toContain('old data');
    expect(stderr).toMatch(
      /^warning: this takes the version back from 3 to 2: .*\nDry run: nothing was restored\.\n$/,
    );
    expect(before.equals(await readFile(data()))).toBe(true);
    const fresh = join(plane.folder, 'fresh');
    await plane.ok(`db restore copy.mdb --dry-run --db embedded:${fresh}`);
    expect(existsSync(fresh)).toBe(false);
  });

  it('wants --yes where nobody can be asked, of a file that is a backup', async () => {
    await refuses('db restore copy.mdb', 2, /there is nobody to ask\n {2}add --yes/);
    const unnamed = await plane.run('db restore');
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('missing <file>') });
    const elsewhere = await plane.run('db restore copy.mdb', {
      env: { NETGOAT_DB: 'mongodb://127.0.0.1:1/x' },
    });
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('mongorestore') });
  });

  it('says when it takes the version back', async () => {
    const back = await plane.ok('db restore copy.mdb --yes -o json');
    expect(back.stderr).toMatch(/^warning: this takes the version back from 3 to 2: .* are given again\n$/);
    expect(JSON.parse(back.stdout)).toMatchObject({ version: 2, current: 3 });
    const same = await plane.ok('db restore copy.mdb --yes -o json');
    expect(same.stderr).toBe('');
    await truncate(data(), 5000);
    const mended = await plane.ok('db restore copy.mdb --yes -o json');
    expect(mended.stderr).toBe('');
    expect(JSON.parse(mended.stdout)).toMatchObject({ current: null });
  });

  it('refuses what is no backup, or a damaged one', async () => {
    await writeFile(join(plane.folder, 'text'), 'this is no store, whatever its name says\n'.repeat(400));
    await writeFile(join(plane.folder, 'empty'), '');
    await mkdir(join(plane.folder, 'folder'));
    await copyFile(join(plane.folder, 'copy.mdb'), join(plane.folder, 'cut.mdb'));
    await truncate(join(plane.folder, 'cut.mdb'), 9000);
    const noise = await readFile(join(plane.folder, 'copy.mdb'));
    randomBytes(noise.length - 8192).copy(noise, 8192);
    await writeFile(join(plane.folder, 'noise.mdb'), noise);
    await refuses('db restore missing.mdb --yes', 2, /cannot read .*missing\.mdb/);
    await refuses('db restore folder --yes', 2, /folder is not a file/);
    for (const yes of ['--yes', '--dry-run', '']) {
      await refuses(`db restore text ${yes}`, 2, /text is not a backup of netgoat\n {2}name a file that/);
      await refuses(`db restore empty ${yes}`, 2, /empty is not a backup of netgoat/);
    }
    await refuses('db restore cut.mdb --yes', 7, /cut\.mdb is damaged: .*beyond the end of the file/);
    await refuses(
      'db restore noise.mdb --yes',
      7,
      /noise\.mdb is damaged: .*page \d+ is not what it should be/,
    );
  });

  it('refuses a backup with damage inside', async () => {
    const folder = join(plane.folder, 'damaged');
    await mkdir(folder);
    await copyFile(join(plane.folder, 'copy.mdb'), join(folder, 'data.mdb'));
    const environment = await Environment.open(folder);
    const { key } = [...environment.entries.getRange({})][0]!;
    await environment.write(() => environment.entries.removeSync(key));
    await environment.close();
    await refuses('db restore damaged/data.mdb --yes', 7, /is damaged: .*lacks document/);
  });

  it('refuses a backup of a newer netgoat', async () => {
    const folder = join(plane.folder, 'newer');
    await mkdir(folder);
    await copyFile(join(plane.folder, 'copy.mdb'), join(folder, 'data.mdb'));
    const database = await openStore(parseTarget(`embedded:${folder}`, {}));
    const meta = database.connection.collection<{ _id: string }>('meta');
    await meta.updateOne({ _id: 'schema' }, { $set: { schema: 99 } });
    await database.close();
    await refuses(
      'db restore newer/data.mdb --yes',
      2,
      /data\.mdb cannot be used: .*schema 99.*\n.*newer netgoat/,
    );
    const environment = await Environment.open(folder);
    await environment.write(() => environment.catalog.putSync('format', Buffer.from([0, 0, 0, 99])));
    await environment.close();
    await refuses('db restore newer/data.mdb --yes', 2, /was made by a newer netgoat \(format 99\)/);
  });

  it('refuses while another process has the store open, and not for one that was killed', async () => {
    const [one, other] = await Promise.all([holdOpen(store()), holdOpen(store())]);
    const pids = [one.pid, other.pid].toSorted((a, b) => a - b);
    const words = new RegExp(`processes ${pids.join(', ')} have the store in .* open`);
    const refused = await plane.run('db restore copy.mdb --yes -o json');
    expect(refused.code).toBe(4);
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: { message: expect.stringMatching(words), details: { processes: pids } },
    });
    await other.end();
    expect((await plane.run('db restore copy.mdb --yes')).code).toBe(4);
    await one.end('killed');
    await plane.ok('db restore copy.mdb --yes');
    expect(await names()).toEqual(['old.example.com']);
  });

  it('asks first, and takes nothing but the word for a yes', async () => {
    const world = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      env: { USER: 'tester', NETGOAT_DB: plane.database },
      cwd: plane.folder,
      now: () => new Date(),
    };
    const context = await createContext(world, {});
    const answering = (answer: boolean) => ({
      ...context,
      prompter: { ...context.prompter, interactive: true, confirmName: async () => answer },
    });
    const files = await readdir(store());
    await expect(
      execute(answering(false), restore, { file: 'copy.mdb' }, 'db restore'),
    ).rejects.toMatchObject({
      code: 'interrupted',
      message: 'not confirmed, nothing was restored',
    });
    expect(await names()).toEqual(['new.example.com', 'old.example.com']);
    expect(await readdir(store())).toEqual(files);
    await execute(answering(true), restore, { file: 'copy.mdb' }, 'db restore');
    expect(await names()).toEqual(['old.example.com']);
    expect(String(world.stderr.read())).toMatch(/holds version 2, .*\n.*, which is at version 3\./);
  });

  it('loses nothing that other processes were told is done', async () => {
    const adder = await bundle('adder', ADDER);
    const children = ['a', 'b'].map((me) =>
      fork(adder.path, [me], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: { ...process.env, NETGOAT_DB: plane.database },
      }),
    );
    const reports = children.map(async (child) => ((await once(child, 'message')) as [string[]])[0]);
    const adding = { ends: false };
    const done = Promise.all(reports).finally(() => {
      adding.ends = true;
    });
    const kept = new Map<string, string>();
    while (!adding.ends) {
      const { code, stdout, stderr } = await plane.run('db restore copy.mdb --yes --json kept');
      expect([0, 4], stderr).toContain(code);
      if (code !== 0) continue;
      const file = (JSON.parse(stdout) as { kept: string }).kept;
      kept.set(file, await digest(file));
    }
    const added = (await done).flat();
    await adder.remove();
    const found = new Set(await names());
    for (const [file, before] of kept) {
      // who had it open would have gone on writing to it
      expect(await digest(file)).toBe(before);
      await plane.ok(`db restore ${file} --yes`);
      for (const name of await names()) found.add(name);
    }
    expect(kept.size).toBeGreaterThan(0);
    expect(added.length).toBeGreaterThan(5);
    expect(added.filter((name) => !found.has(name))).toEqual([]);
  });

  it('goes well with commands that come at the same moment', async () => {
    for (let round = 0; round < 4; round++) {
      const results = await Promise.all([
        plane.run('db restore copy.mdb --yes'),
        ...Array.from({ length: 4 }, () => plane.run('domain list -o name')),
        plane.run('db restore copy.mdb --yes'),
      ]);
      for (const { code, stderr } of results) expect([0, 4], stderr).toContain(code);
      await plane.ok('db check');
    }
  });
});
