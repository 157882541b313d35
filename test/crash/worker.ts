import { writeSync } from 'node:fs';
import mongoose from 'mongoose';
import { openEmbedded } from '../../src/embedded/open.ts';
import { encode } from '../../src/embedded/bson/raw.ts';
import { DirectWriter } from '../../src/embedded/store/writers.ts';
import { modelsOf, run, scriptOf } from './operations.ts';

/*
 * The processes of the crash test: `write` and `hold` are killed, `side` goes on beside them. The first message of
 * each says that it is loaded; `go` starts it.
 */

const [, , job, folder = ''] = process.argv;

/** Resolves when the message is in the pipe: what was acknowledged is known even if we die right after. */
function send(message: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

async function connected() {
  const store = await openEmbedded(folder);
  const connection = await mongoose.createConnection(store.uri('crash')).asPromise();
  const models = modelsOf(connection);
  await Promise.all([models.Record.init(), models.Count.init()]);
  return { store, connection, models };
}

/** Writes until it is killed, and says how many operations were acknowledged. */
async function write(round: number): Promise<void> {
  const { connection, models } = await connected();
  const script = scriptOf(round);
  await send({ acknowledged: 0 });
  for (let i = 0; ; i++) {
    await run(connection, models, script, i);
    await send({ acknowledged: i + 1 });
  }
}

/** Writes until it is told to stop, and says how often it did and how long the slowest write took. */
async function side(): Promise<void> {
  const { store, connection, models } = await connected();
  const stop = new AbortController();
  process.once('message', () => stop.abort());
  await send('running');
  const result = { writes: 0, slowest: 0 };
  for (; !stop.signal.aborted; result.writes++) {
    const start = performance.now();
    await models.Count.updateOne({ _id: 'side' }, { $inc: { n: 1 } }, { upsert: true });
    result.slowest = Math.max(result.slowest, performance.now() - start);
  }
  await connection.close();
  await store.close();
  await send(result);
}

/** Dies inside a write transaction of LMDB: it holds the writer's lock, and half of its changes are made. */
async function hold(): Promise<void> {
  const { store } = await openEmbedded(folder);
  await store.write(() => {
    const writer = new DirectWriter(store);
    for (let i = 0; i < 100; i++) writer.insert('crash.records', encode({ _id: i, key: `half-${i}` }));
    writeSync(1, 'holding');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}

process.on('message', (message: { go?: true; round?: number }) => {
  if (!message.go) return;
  if (job === 'write') void write(message.round ?? 0);
  else if (job === 'side') void side();
  else void hold();
});
await send('loaded');
