import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { describe, expect, it, type TestContext } from 'vitest';
import { checkStore } from '../../src/embedded/maintenance/check.ts';
import { openEmbedded, type EmbeddedStore } from '../../src/embedded/open.ts';
import { bundle } from '../helpers/bundle.ts';
import { runCli } from '../helpers/run-cli.ts';
import { smallDisk, type SmallDisk } from '../helpers/small-disk.ts';
import { STORE } from './target.ts';

/* OutOfDiskSpace is code 14031 in MongoDB's error_codes.yml. */

const NO_MOUNT = 'a file system of its own needs mount, as root';

/** Records that the small disk has no room for. */
const MANY = 5_000;

async function onDisk(context: TestContext, work: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const disk = smallDisk(2);
  if (!disk) return context.skip(NO_MOUNT);
  try {
    await work(disk);
  } finally {
    disk.remove();
  }
}

async function connected(
  disk: SmallDisk,
  work: (connection: Connection, store: EmbeddedStore) => Promise<void>,
): Promise<void> {
  const store = await openEmbedded(join(disk.path, 'store'));
  const connection = await mongoose.createConnection(store.uri('test')).asPromise();
  try {
    await work(connection, store);
  } finally {
    await connection.close();
    await store.close();
  }
}

const batch = (n: number): object[] =>
  Array.from({ length: 50 }, (_, i) => ({ key: `${n}-${i}`, pad: 'x'.repeat(2_000) }));

/** Inserts until the disk is full; gives how many batches were acknowledged, and the error. */
async function fill(connection: Connection): Promise<{ batches: number; error: unknown }> {
  const collection = connection.collection('c');
  await collection.createIndex({ key: 1 }, { unique: true });
  for (let batches = 0; ; batches++) {
    try {
      await collection.insertMany(batch(batches));
    } catch (error) {
      return { batches, error };
    }
  }
}

describe.runIf(STORE === 'embedded')('a disk that is full', () => {
  it('is answered OutOfDiskSpace, with the store as it was, and usable once there is room', async (context) => {
    await onDisk(context, async (disk) => {
      await connected(disk, async (connection, store) => {
        const { batches, error } = await fill(connection);
        expect(error).toMatchObject({ code: 14031, codeName: 'OutOfDiskSpace' });
        const collection = connection.collection('c');
        expect(await collection.countDocuments()).toBe(batches * 50);
        expect((await checkStore(store.store)).problems).toEqual([]);
        disk.remount('size=8m');
        await collection.insertMany(batch(batches));
        expect(await collection.countDocuments()).toBe((batches + 1) * 50);
        expect((await checkStore(store.store)).problems).toEqual([]);
      });
    });
  });

  it('is said before a new store is made on it', async (context) => {
    await onDisk(context, async (disk) => {
      await writeFile(join(disk.path, 'ballast'), Buffer.alloc(2 << 20)).catch(() => undefined);
      const env = { NETGOAT_DB: `embedded:${join(disk.path, 'store')}` };
      const { code, stderr } = await runCli('team add Acme', { env });
      expect(code).toBe(5);
      expect(stderr).toMatch(
        /^error: cannot open the embedded store in .*no space left.*\n {2}check that .*\n$/,
      );
    });
  });

  it('undoes a transaction whose commit does not fit', async (context) => {
    await onDisk(context, async (disk) => {
      await connected(disk, async (connection, store) => {
        await connection.collection('c').insertOne({ key: 'before' });
        const commit = connection.transaction(async (session) => {
          for (let n = 0; n < 40; n++) await connection.collection('c').insertMany(batch(n), { session });
        });
        await expect(commit).rejects.toMatchObject({ code: 14031 });
        expect(await connection.collection('c').countDocuments()).toBe(1);
        expect((await checkStore(store.store)).problems).toEqual([]);
      });
      await connected(disk, async (connection) => {
        expect(await connection.collection('c').countDocuments()).toBe(1);
        await connection.collection('c').insertOne({ key: 'after' });
      });
    });
  });

  it('ends an import in two lines, and the next command goes on', async (context) => {
    await onDisk(context, async (disk) => {
      const env = { NETGOAT_DB: `embedded:${join(disk.path, 'store')}` };
      const run = (command: string, stdin?: string) =>
        runCli(command, { env, ...(stdin === undefined ? {} : { stdin }) });
      expect((await run('team add Acme')).code).toBe(0);
      expect((await run('domain add shop.example.com --team acme')).code).toBe(0);
      const lines = Array.from({ length: MANY }, (_, i) => `h${i} A 192.0.2.${i % 250}\n`).join('');
      // as a process of its own: one that goes on living would keep its lease
      const cli = await bundle('disk-cli', `import './test/crash/cli.ts'`);
      const failed = spawnSync(process.execPath, [cli.path, 'dns', 'add', 'shop.example.com', '-'], {
        env: { ...process.env, ...env },
        input: lines,
        encoding: 'utf8',
      });
      await cli.remove();
      expect(failed.status).toBe(1);
      // LMDB itself may put a line without an end before it
      expect(failed.stderr).toMatch(/error: the disk that holds .* is full\n {2}make room.*\n$/);
      expect((await run('domain list')).code).toBe(0);
      disk.remount('size=64m');
      const next = await run('dns add shop.example.com www A 192.0.2.1');
      expect(next, next.stderr).toMatchObject({ code: 0 });
      const list = JSON.parse((await run('dns list shop.example.com -o json')).stdout) as unknown[];
      // what the import had begun is finished or undone
      expect([1, MANY + 1]).toContain(list.length);
    });
  });
});

describe.runIf(STORE === 'embedded')('a file system that is read-only', () => {
  it('is an error of two lines, and leaves the store alone', async (context) => {
    await onDisk(context, async (disk) => {
      const env = { NETGOAT_DB: `embedded:${join(disk.path, 'store')}` };
      expect((await runCli('team add Acme', { env })).code).toBe(0);
      disk.remount('ro');
      for (const command of ['team list', 'team add Other']) {
        const { code, stderr } = await runCli(command, { env });
        expect(code).toBe(5);
        expect(stderr).toMatch(
          /^error: cannot open the embedded store in .*read-only.*\n {2}check that .*\n$/i,
        );
      }
      disk.remount('rw');
      expect((await runCli('team list -o json', { env })).stdout).toContain('acme');
    });
  });
});
