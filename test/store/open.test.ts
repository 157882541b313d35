import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from 'lmdb';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { openEmbedded } from '../../src/embedded/open.ts';
import { STORE, temporaryFolder } from './target.ts';

async function withFolder(work: (path: string) => Promise<void>): Promise<void> {
  const { path, remove } = await temporaryFolder();
  try {
    await work(path);
  } finally {
    await remove();
  }
}

async function connected<T>(path: string, work: (connection: mongoose.Connection) => Promise<T>): Promise<T> {
  const store = await openEmbedded(path);
  const connection = await mongoose.createConnection(store.uri('test')).asPromise();
  try {
    return await work(connection);
  } finally {
    await connection.close();
    await store.close();
  }
}

describe.runIf(STORE === 'embedded')('openEmbedded', () => {
  it('makes a folder that only its owner can read, and keeps documents over a close', async () => {
    await withFolder(async (path) => {
      const folder = join(path, 'deep', 'store.d');
      await connected(folder, async (connection) => await connection.collection('c').insertOne({ a: 1 }));
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      for (const name of ['data.mdb', 'lock.mdb', 'gate.mdb'])
        expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
      expect(
        await connected(folder, async (connection) => await connection.collection('c').countDocuments()),
      ).toBe(1);
    });
  });

  it('takes a folder whose path is too long for a socket', async () => {
    await withFolder(async (path) => {
      const folder = join(path, 'x'.repeat(120));
      expect(
        await connected(folder, async (connection) => await connection.collection('c').countDocuments()),
      ).toBe(0);
    });
  });

  it('refuses a store of a newer netgoat', async () => {
    await withFolder(async (path) => {
      const root = open({ path, noSubdir: false, encoding: 'binary', keyEncoding: 'binary', maxDbs: 8 });
      await root.openDB('catalog', { encoding: 'binary' }).put('format', Buffer.from([0, 0, 0, 99]));
      await root.close();
      await expect(openEmbedded(path)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('newer netgoat (format 99)'),
      });
    });
  });

  it('refuses what is not a store', async () => {
    await withFolder(async (path) => {
      await mkdir(path, { recursive: true });
      await writeFile(join(path, 'data.mdb'), 'this is no store, whatever its name says'.repeat(400));
      await expect(openEmbedded(path)).rejects.toMatchObject({ code: 'unreachable' });
      await writeFile(join(path, 'file'), '');
      await expect(openEmbedded(join(path, 'file'))).rejects.toMatchObject({ code: 'unreachable' });
    });
  });

  it('opens, closes and opens a store several times at once in one process', async () => {
    await withFolder(async (path) => {
      const insert = (connection: mongoose.Connection) => connection.collection('c').insertOne({ a: 1 });
      for (let round = 0; round < 3; round++)
        await Promise.all(Array.from({ length: 4 }, () => connected(path, insert)));
      expect(await connected(path, (connection) => connection.collection('c').countDocuments())).toBe(12);
    });
  });

  it('lets a TTL index remove what has expired', async () => {
    await withFolder(async (path) => {
      await connected(path, async (connection) => {
        await connection.collection('c').createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
        await connection
          .collection('c')
          .insertMany([{ at: new Date(Date.now() - 7200e3) }, { at: new Date() }, { at: 'never' }]);
      });
      expect(
        await connected(
          path,
          async (connection) => await connection.collection('c').countDocuments({ _id: { $exists: true } }),
        ),
      ).toBe(2);
    });
  });

  it('lets a partial TTL index remove only the documents it holds', async () => {
    await withFolder(async (path) => {
      await connected(path, async (connection) => {
        const collection = connection.collection('c');
        const partial = { expireAfterSeconds: 3600, partialFilterExpression: { done: true } };
        await collection.createIndex({ at: 1 }, partial);
        const at = new Date(Date.now() - 7200e3);
        await collection.insertMany([{ at, done: true }, { at, done: false }, { at }]);
      });
      const left = await connected(path, (connection) => connection.collection('c').find().toArray());
      expect(left.map(({ done }) => done as unknown)).toEqual([false, undefined]);
    });
  });

  it('lets the process go once it is closed', async () => {
    await withFolder(async (path) => {
      await connected(path, async () => undefined);
      const kinds = process.getActiveResourcesInfo();
      expect(kinds.filter((kind) => kind === 'PipeServerWrap')).toEqual([]);
    });
  });
});
