import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { MongoMemoryServer } from 'mongodb-memory-server';
import mongoose, { type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/embedded/commands/administration.ts';
import type { Bundle } from '../helpers/bundle.ts';
import { netgoatMongod } from '../helpers/netgoat-mongod.ts';
import { STORE, temporaryFolder } from './target.ts';

describe.runIf(STORE === 'embedded')('netgoat-mongod', () => {
  let program: Bundle;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    program = await netgoatMongod();
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    await program.remove();
    await folder.remove();
  });

  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(program.path, words, { encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  async function withServer<T>(words: string[], work: (connection: Connection) => Promise<T>): Promise<T> {
    const port = await freePort();
    const child = spawn(program.path, ['--port', `${port}`, ...words]);
    try {
      await once(child.stdout, 'data');
      const connection = await mongoose.createConnection(`mongodb://127.0.0.1:${port}/test`).asPromise();
      const result = await work(connection);
      await connection.close();
      return result;
    } finally {
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number];
      expect(code).toBe(0);
    }
  }

  const REFUSED: readonly [words: string[], message: string][] = [
    [[], '--dbpath is missing'],
    [['--dbpath', 'x', '--port', '70000'], '--port 70000 is not a port'],
    [['--dbpath', 'x', '--bind_ip', '0.0.0.0'], '--bind_ip 0.0.0.0 is refused'],
    [['--dbpath', 'x', '--auth'], "Unknown option '--auth'"],
    [['--dbpath', 'x', 'y'], "Unexpected argument 'y'"],
  ];
  it.each(REFUSED)('refuses %j', (words, message) => {
    const { status, stdout, stderr } = run(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).toContain('netgoat-mongod --help');
  });

  it('tells its version in the words of mongod, and its flags', () => {
    expect(run('--version').stdout).toMatch(/^db version v7\.\d+\.\d+\n/);
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--replSet <name>') });
  });

  it('says that a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = run('--dbpath', join(folder.path, 'taken'), '--port', `${port}`);
    expect(status).toBe(5);
    expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}: listen EADDRINUSE: address already in use`);
    server.close();
  });

  it('keeps what was written when a signal ends it', async () => {
    const words = ['--dbpath', join(folder.path, 'kept')];
    await withServer(words, async (connection) => await connection.collection('c').insertOne({ a: 1 }));
    const count = await withServer(words, (connection) => connection.collection('c').countDocuments());
    expect(count).toBe(1);
  });

  // manual, "Transactions": a standalone has none; the driver knows the server's text and code 20
  it('has transactions as a replica set only, as mongod does', async () => {
    const insert = (connection: Connection) =>
      connection.transaction(async (session) => {
        await connection.collection('c').insertOne({ a: 1 }, { session });
      });
    const words = ['--dbpath', join(folder.path, 'sets')];
    await expect(withServer(words, insert)).rejects.toMatchObject({
      message: expect.stringContaining('does not support retryable writes'),
      originalError: { code: 20 },
    });
    await withServer([...words, '--replSet', 'rs'], async (connection) => {
      await insert(connection);
      const hello = await connection.db?.command({ hello: 1 });
      expect(hello).toMatchObject({ setName: 'rs', isWritablePrimary: true });
      await expect(
        connection.db?.command({ replSetInitiate: { _id: 'other', members: [] } }),
      ).rejects.toMatchObject({ code: 93 });
    });
  });

  it('is started and stopped by mongodb-memory-server', async () => {
    const server = await MongoMemoryServer.create({
      binary: { systemBinary: program.path, version: VERSION },
    });
    const connection = await mongoose.createConnection(server.getUri()).asPromise();
    const Key = connection.model('Key', new mongoose.Schema({ k: { type: String, unique: true } }));
    await Key.init();
    await Key.create({ k: 'a' });
    await expect(Key.create({ k: 'a' })).rejects.toMatchObject({ code: 11000, keyValue: { k: 'a' } });
    await connection.close();
    expect(await server.stop()).toBe(true);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
