import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { openEmbedded } from '../../src/embedded/open.ts';
import { STORE, temporaryFolder } from './target.ts';

/** A socket before the store's that carries one request through and then cuts the connection before its reply. */
function cutOnce(target: string, marker: string): { server: Server; cuts: () => number } {
  let cuts = 0;
  const server = createServer((client) => {
    const store = createConnection({ path: target });
    let cutting = false;
    client.on('data', (chunk: Buffer) => {
      if (cuts === 0 && chunk.includes(marker)) cutting = true;
      store.write(chunk);
    });
    store.on('data', (chunk: Buffer) => {
      if (cutting && cuts === 0) {
        cuts++;
        client.destroy();
        store.destroy();
      } else client.write(chunk);
    });
    client.on('close', () => store.destroy());
    for (const socket of [client, store]) socket.on('error', () => undefined);
  });
  return { server, cuts: () => cuts };
}

describe.runIf(STORE === 'embedded')('a write whose reply is lost', () => {
  for (const operation of ['update', 'transaction'] as const) {
    it(`is sent again by the driver and done once: ${operation}`, async () => {
      const { path, remove } = await temporaryFolder();
      const store = await openEmbedded(path);
      const direct = decodeURIComponent(/mongodb:\/\/([^/]+)/.exec(store.uri('r'))?.[1] ?? '');
      const { server, cuts } = cutOnce(direct, operation === 'update' ? '$inc' : 'commitTransaction');
      const proxy = join(path, 'proxy.sock');
      await new Promise<void>((resolve) => {
        server.listen({ path: proxy }, resolve);
      });
      const uri = store.uri('r').replace(encodeURIComponent(direct), encodeURIComponent(proxy));
      const connection = await mongoose.createConnection(uri).asPromise();
      const counters = connection.collection('counters');
      await counters.insertOne({ name: 'a', n: 0 });
      if (operation === 'update') await counters.updateOne({ name: 'a' }, { $inc: { n: 1 } });
      else {
        await connection.transaction(async (session) => {
          await counters.updateOne({ name: 'a' }, { $inc: { n: 1 } }, { session });
        });
      }
      expect(cuts()).toBe(1);
      expect((await counters.findOne({ name: 'a' }))?.['n']).toBe(1);
      await connection.close();
      server.close();
      await store.close();
      await remove();
    });
  }
});
