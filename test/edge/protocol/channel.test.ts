import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChannel } from '../../../src/edge/protocol/channel.ts';
import { ControlEnd } from '../../../src/edge/protocol/control.ts';
import type { EdgeState } from '../../../src/edge/protocol/offer.ts';

let server: WebSocketServer;
let client: WebSocket;
let socket: WebSocket;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[WebSocket]>;
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [socket] = await connected;
  await once(client, 'open');
});

afterEach(() => {
  client.terminate();
  server.close();
});

const MIB = 1024 * 1024;
const nothing = { version: null, checksum: null };
const wellWithin = { answerWithinMs: 5_000 };

/** A state of so many domains of 64 KiB, made as it is read. */
function stateOf(domains: number): EdgeState {
  const rest = 'x'.repeat(64 * 1024);
  return {
    version: 1,
    checksum: 'a'.repeat(64),
    count: domains,
    lines: async function* () {
      for (let at = 0; at < domains; at += 1)
        yield `{"hostname":"${String(at).padStart(8, '0')}","rest":"${rest}"}`;
    },
  };
}

describe('a channel', () => {
  it('holds one part for a peer that reads nothing, and cuts it off (fault 46)', async () => {
    client.pause();
    const control = new ControlEnd(openChannel(socket, { sendWithinMs: 1_000 }));
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, socket.bufferedAmount)), 5);
    const brought = await control.bring(nothing, stateOf(1_600), null, wellWithin);
    clearInterval(watch);
    expect(brought).toMatchObject({ result: 'unknown', by: 'snapshot' });
    expect(brought.bytes).toBeLessThan(32 * MIB);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(3 * MIB);
  });

  it('sends 100 MiB in parts of about 1 MiB, in the memory of a few', async () => {
    const parts: number[] = [];
    client.on('message', (message: Buffer) => {
      parts.push(message.length);
      const { nonce, data } = JSON.parse(message.toString()) as {
        nonce: string;
        data: { part: number; parts: number };
      };
      if (data.part < data.parts) return;
      const answer = { re: nonce, version: 1, checksum: 'a'.repeat(64) };
      client.send(JSON.stringify({ type: 'ack', nonce: 'n', timestamp: 'now', data: answer }));
    });
    const control = new ControlEnd(openChannel(socket));
    const brought = await control.bring(nothing, stateOf(1_600), null, wellWithin);
    expect(brought).toMatchObject({ result: 'acked' });
    expect(brought.bytes).toBeGreaterThan(100 * MIB);
    expect(parts).toHaveLength(107);
    expect(Math.max(...parts)).toBeLessThan(1.1 * MIB);
  });

  it('cuts off a peer that answers no ping (fault 44)', async () => {
    const quiet = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      autoPong: false,
    });
    const [half] = (await once(server, 'connection')) as [WebSocket];
    const channel = openChannel(half, { pingEveryMs: 50 });
    expect((await channel.closed).code).toBe(1006);
    quiet.terminate();
  });

  it('makes who is read slowly wait', async () => {
    // Whose answers to pings wait behind the frames, and who is not cut off for that.
    const frames = openChannel(socket, { pingEveryMs: 50 }).frames()[Symbol.asyncIterator]();
    const text = JSON.stringify({
      type: 'ack',
      nonce: 'n',
      timestamp: 'now',
      data: { re: 'x', version: 1, checksum: 'a'.repeat(64) },
    });
    for (let at = 0; at < 1_000; at += 1) client.send(text);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(socket.isPaused).toBe(true);
    for (let at = 0; at < 1_000; at += 1) expect((await frames.next()).done).toBe(false);
    expect(socket.isPaused).toBe(false);
  });
});
