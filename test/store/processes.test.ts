import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../src/embedded/open.ts';
import { bundle, type Bundle } from '../helpers/bundle.ts';
import { STORE, temporaryFolder } from './target.ts';

let worker: Bundle;

async function start(job: string, store: string, me: number, rounds: number): Promise<ChildProcess> {
  const child = fork(worker.path, [job, store, String(me), String(rounds)]);
  await once(child, 'message');
  return child;
}

describe.runIf(STORE === 'embedded')('several processes on one embedded store', () => {
  beforeAll(async () => {
    worker = await bundle('worker', `import './test/store/worker.ts'`);
  });
  afterAll(async () => {
    await worker.remove();
  });

  it('lose no increment and no version, give a unique key once, and see whole transactions', async () => {
    const { path, remove } = await temporaryFolder();
    const rounds = 24;
    // they open a store that does not exist yet, at the same moment
    const children = await Promise.all([0, 1, 2, 3].map((me) => start('share', path, me, rounds)));
    const store = await openEmbedded(path);
    const connection = await mongoose.createConnection(store.uri('shared')).asPromise();
    await connection
      .collection('accounts')
      .insertMany([0, 1, 2].map((id) => ({ _id: id as never, balance: 100 })));
    await connection.collection('lists').insertOne({ _id: 'list' as never, items: [], __v: 0 });
    const results = await Promise.all(
      children.map(async (child) => {
        const result = once(child, 'message');
        child.send('go');
        return (await result)[0] as { won: number; torn: number };
      }),
    );
    const counter = await connection.collection('counters').findOne({ _id: 'c' as never });
    const accounts = await connection.collection('accounts').find().toArray();
    expect(counter?.['n']).toBe(4 * rounds);
    expect(results.reduce((sum, { won }) => sum + won, 0)).toBe(rounds);
    expect(await connection.collection('uniques').countDocuments()).toBe(rounds);
    expect(accounts.reduce((sum, { balance }) => sum + Number(balance), 0)).toBe(300);
    expect(results.map(({ torn }) => torn)).toEqual([0, 0, 0, 0]);
    const items = (await connection.collection('lists').findOne())?.['items'] as string[];
    expect(items).toHaveLength(rounds);
    expect(new Set(items).size).toBe(rounds);
    await connection.close();
    await store.close();
    await remove();
  });

  // LMDB alone loses a commit now and then when another process opens its files at that moment
  it('lose nothing while another opens and closes the store', async () => {
    const { path, remove } = await temporaryFolder();
    const store = await openEmbedded(path);
    const connection = await mongoose.createConnection(store.uri('shared')).asPromise();
    const counters = connection.collection('counters');
    const child = await start('open', path, 0, 100);
    child.send('go');
    let written = 0;
    for (; child.exitCode === null; written++)
      await counters.updateOne({ name: 'c' }, { $inc: { n: 1 } }, { upsert: true });
    expect(child.exitCode).toBe(0);
    expect((await counters.findOne({ name: 'c' }))?.['n']).toBe(written);
    await connection.close();
    await store.close();
    await remove();
  });

  it('keep what was acknowledged when one is killed, and no half transaction', async () => {
    const { path, remove } = await temporaryFolder();
    const child = await start('write', path, 0, 0);
    let acknowledged = 0;
    child.on('message', (message: { acknowledged: number }) => {
      acknowledged = message.acknowledged;
      if (acknowledged >= 70) child.kill('SIGKILL');
    });
    child.send('go');
    await once(child, 'exit');
    expect((await readdir(path)).filter((name) => name.endsWith('.sock'))).toHaveLength(1);
    const store = await openEmbedded(path);
    const connection = await mongoose.createConnection(store.uri('shared')).asPromise();
    const written = await connection.collection('uniques').countDocuments();
    const counter = await connection.collection('counters').findOne({ _id: 'written' as never });
    expect(written).toBeGreaterThanOrEqual(acknowledged);
    expect(counter?.['n']).toBe(written);
    // the index has every document, and the store takes writes again
    expect(await connection.collection('uniques').countDocuments({ key: /^w/ })).toBe(written);
    await connection.collection('uniques').insertOne({ key: 'after' });
    // the socket of the killed process is gone, ours goes with us
    expect((await readdir(path)).filter((name) => name.endsWith('.sock'))).toHaveLength(1);
    await connection.close();
    await store.close();
    expect((await readdir(path)).filter((name) => name.endsWith('.sock'))).toHaveLength(0);
    await remove();
  });
});
