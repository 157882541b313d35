import { WebSocket } from 'ws';
import { onTestFinished } from 'vitest';
import type { ServeEvent } from '../../src/edge/serve/events.ts';
import { PROTOCOL } from '../../src/edge/protocol/frames.ts';
import type { ControlPlane } from './control-plane.ts';
import { startRunning } from './running.ts';
import type { Running } from './running.ts';

/** A `netgoat sync serve` that runs in this process. */
export interface Serving extends Running<ServeEvent> {
  /** ws://… */
  readonly url: string;
  /** http://… */
  readonly http: string;
}

/** Starts a server on a free port; it is stopped when the test has finished. */
export async function startServe(
  plane: ControlPlane,
  flags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Serving> {
  const words = ['sync', 'serve', '--listen', '127.0.0.1:0', ...flags];
  const running = startRunning<ServeEvent>(words, {
    cwd: plane.folder,
    env: { NETGOAT_DB: plane.database, ...env },
  });
  const { url } = await running.next('listening');
  return { ...running, url, http: url.replace(/^ws/, 'http') };
}

/** A token with scope edge for a team, of a user who is made for it. */
export async function edgeToken(plane: ControlPlane, team: string, name = 'edge'): Promise<string> {
  const email = `${name}@${team}.example`;
  await plane.ok(`user add ${email} --team ${team}`);
  const { stdout } = await plane.ok(`user token create ${email} --name ${name} --scope edge -o name`);
  return stdout.trim();
}

/** A WebSocket of no netgoat, to say what a node would not. */
export interface RawSocket {
  readonly socket: WebSocket;
  /** What came, oldest first. */
  readonly received: Record<string, unknown>[];
  readonly closed: Promise<{ code: number; reason: string }>;
  say(type: string, data: object, nonce?: string): void;
  /** The next frame of a type that was not given yet. */
  next(type: string): Promise<{ nonce: string; data: Record<string, never> }>;
}

let nonces = 0;

/** Opens one, with a bearer token. */
export async function rawSocket(url: string, token: string): Promise<RawSocket> {
  const socket = new WebSocket(url, PROTOCOL, { headers: { Authorization: `Bearer ${token}` } });
  onTestFinished(() => socket.terminate());
  const received: Record<string, unknown>[] = [];
  const given = new Set<unknown>();
  let wake = (): void => undefined;
  socket.on('message', (message: Buffer) => {
    received.push(JSON.parse(message.toString()) as Record<string, unknown>);
    wake();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('unexpected-response', (_, response) => reject(new Error(`answered ${response.statusCode}`)));
    socket.once('error', reject);
  });
  return {
    socket,
    received,
    closed,
    say: (type, data, nonce = `test-${(nonces += 1)}`) => {
      socket.send(JSON.stringify({ type, nonce, timestamp: new Date().toISOString(), data }));
    },
    next: async (type) => {
      for (const until = Date.now() + 10_000; ;) {
        const found = received.find((frame) => frame['type'] === type && !given.has(frame));
        given.add(found);
        if (found !== undefined) return found as never;
        if (Date.now() > until) throw new Error(`no ${type}: ${JSON.stringify(received).slice(0, 500)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 100);
        });
      }
    },
  };
}
