import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { deserialize, serialize } from 'bson';

/** A MongoDB that knows nobody: it greets and answers every log-in with AuthenticationFailed. Gives its port. */
export async function refusingServer(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let pending = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
        socket.write(answer(pending.subarray(0, pending.readInt32LE(0))));
        pending = pending.subarray(pending.readInt32LE(0));
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

const greeting = {
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
  saslSupportedMechs: ['SCRAM-SHA-256'],
  ok: 1,
};
const refusal = { ok: 0, errmsg: 'Authentication failed.', code: 18, codeName: 'AuthenticationFailed' };

/** OP_QUERY (2004) is the first greeting, OP_MSG (2013) everything after. */
function answer(message: Buffer): Buffer {
  const legacy = message.readInt32LE(12) === 2004;
  const body = legacy ? undefined : deserialize(message.subarray(21));
  const reply = legacy || body?.['hello'] || body?.['ismaster'] ? greeting : refusal;
  const head = legacy ? Buffer.alloc(20) : Buffer.alloc(5);
  if (legacy) head.writeInt32LE(1, 16);
  const content = Buffer.concat([head, serialize(reply)]);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + content.length, 0);
  header.writeInt32LE(message.readInt32LE(4), 8);
  header.writeInt32LE(legacy ? 1 : 2013, 12);
  return Buffer.concat([header, content]);
}
