/*
 * What `ws` alone takes: `raw.ts FILE COUNT PARTS` sends the text of a file to COUNT sockets, PARTS times to each, the
 * next when the socket has taken the one before, and waits for an answer; again on each line of its input. It prints
 * its URL, then one line of JSON a round: the milliseconds to each answer.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

const [file = '', count = '1', parts = '1'] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
process.stdout.write(
  `${JSON.stringify({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`,
);

for await (const _ of createInterface({ input: process.stdin })) {
  while (server.clients.size < Number(count)) await once(server, 'connection');
  const times = await Promise.all([...server.clients].map(send));
  process.stdout.write(`${JSON.stringify({ times })}\n`);
}
process.exit();

async function send(socket: WebSocket): Promise<number> {
  const began = performance.now();
  const answered = once(socket, 'message');
  for (let part = 0; part < Number(parts); part += 1) {
    await new Promise((resolve) => socket.send(text, resolve));
  }
  await answered;
  return performance.now() - began;
}
