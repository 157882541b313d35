import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { NetgoatError } from '../../errors.ts';
import { Unreached, dial } from '../dial.ts';
import type { DialOptions } from '../dial.ts';
import { hurdleOf, wayPast } from '../hurdles.ts';
import type { Hurdle } from '../hurdles.ts';
import { bearerOf, openDoor } from '../door.ts';
import type { DoorOptions, Refusal } from '../door.ts';
import { openChannel } from '../protocol/channel.ts';
import type { Channel } from '../protocol/channel.ts';
import { MOST_FROM_CONTROL } from '../protocol/frames.ts';
import type { Verifier } from '../signature.ts';
import { Behaviours } from './behaviours.ts';
import type { BehaviourName } from './behaviours.ts';
import { speak } from './edge-end.ts';
import type { Node } from './edge-end.ts';
import type { NodeEvent } from './events.ts';
import type { NackRule } from './nack-rule.ts';
import { NodeStore } from './node-store.ts';
import { Reporter } from './reporter.ts';
import type { MadeUp } from './reporter.ts';

/** What a node is to be. */
export interface NodeOptions {
  name: string;
  /** Where it keeps its payload; absolute. */
  folder: string;
  way: ({ to: 'connect'; url: string } & Pick<DialOptions, 'token' | 'ca' | 'insecure'>) | Dooring;
  behaviours: readonly BehaviourName[];
  nack: NackRule | null;
  lagMs: number;
  reports: MadeUp | null;
  verify: Verifier | null;
  /** Ends after the first ACK. */
  once: boolean;
}

/** @property token what one who connects must show, if anything. */
type Dooring = { to: 'listen'; token: string | undefined } & Pick<
  DoorOptions<unknown>,
  'host' | 'port' | 'tls'
>;

/** What a node tells while it runs. */
export interface NodeVoice {
  say(event: NodeEvent): void;
  warn(line: string): void;
}

/**
 * Runs an edge node until it is told to end, or, with `once`, has confirmed a payload.
 * @throws NetgoatError usage: the folder or the address cannot be used; conflict: another node runs in the folder; edge, with `once`: nobody was reached, what was
 * sent was refused, or the connection ended before an ACK; interrupted, with `once`: it was told to end before.
 */
export async function runNode(options: NodeOptions, voice: NodeVoice, ending: AbortSignal): Promise<void> {
  const { name, way, nack, lagMs, reports, verify } = options;
  const first = options.once ? new FirstAnswer() : null;
  const say = (event: NodeEvent): void => {
    voice.say(event);
    first?.hear(event);
  };
  const store = await NodeStore.open(options.folder, voice.warn, verify);
  const behaviours = new Behaviours(options.behaviours);
  const reporter = reports === null ? null : new Reporter(store, reports, say);
  const node: Node = { name, store, behaviours, nack, lagMs, verify, reporter, say };
  const { version = null, checksum = null, count: domains = 0 } = store.held ?? {};
  say({ event: 'started', node: name, version, checksum, domains });
  const end = first === null ? ending : AbortSignal.any([ending, first.signal]);
  try {
    await (way.to === 'connect' ? connect(node, way, end, first) : open(node, way, end));
  } finally {
    await reporter?.close();
    store.close();
  }
  first?.judge();
}

/** Dials again and again, with exponential back-off and full jitter, until it is told to end. */
async function connect(
  node: Node,
  { url, token, ca, insecure }: NodeOptions['way'] & { to: 'connect' },
  ending: AbortSignal,
  first: FirstAnswer | null,
): Promise<void> {
  const autoPong = !node.behaviours.is('frozen');
  const options = { token, ca, insecure: insecure === true, autoPong, maxPayload: MOST_FROM_CONTROL };
  for (let failures = 0; !ending.aborted; failures += 1) {
    let why: string;
    try {
      const channel = await dial(url, { ...options, withinMs: HANDSHAKE_MS, signal: ending });
      const began = performance.now();
      await meet(node, channel, url, ending);
      if (performance.now() - began > STABLE_MS) failures = 0;
      why = 'the connection ended';
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
      why = error.message;
      first?.miss(hurdleOf(error, token));
    }
    if (ending.aborted) return;
    const retryInMs =
      first !== null
        ? null
        : Math.round(Math.random() * Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures));
    node.say({ event: 'unreachable', why, retryInMs });
    if (retryInMs === null) return;
    await sleep(retryInMs, undefined, { signal: ending }).catch(() => undefined);
  }
}

const HANDSHAKE_MS = 10_000;
const FIRST_WAIT_MS = 250;
const MOST_WAIT_MS = 30_000;
/** A connection that held so long was none that failed. */
const STABLE_MS = 5_000;

async function open(node: Node, way: Dooring, ending: AbortSignal): Promise<void> {
  const meetings = new Set<Promise<void>>();
  let failure: unknown;
  const failed = new AbortController();
  const meetPeer = (socket: WebSocket, _: null, request: IncomingMessage): void => {
    const meeting = meet(node, openChannel(socket), peerOf(request), ending).catch((error: unknown) => {
      failure ??= error;
      failed.abort();
    });
    meetings.add(meeting);
    void meeting.then(() => meetings.delete(meeting));
  };
  const { host, port, tls, token } = way;
  const autoPong = !node.behaviours.is('frozen');
  const admit = async (request: IncomingMessage) => (shows(request, token) ? null : UNKNOWN);
  const door = await openDoor({
    host,
    port,
    tls,
    autoPong,
    maxPayload: MOST_FROM_CONTROL,
    admit,
    meet: meetPeer,
  });
  node.say({ event: 'listening', url: door.url });
  const end = AbortSignal.any([ending, failed.signal]);
  if (!end.aborted) await new Promise((resolve) => end.addEventListener('abort', resolve, { once: true }));
  door.shut();
  await Promise.all(meetings);
  await door.close();
  if (failure !== undefined) throw failure;
}

const UNKNOWN: { refused: Refusal } = { refused: { status: 401, message: 'its token is not known here' } };

/** Compares digests, so that the time it takes says nothing of the token. */
function shows(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  return timingSafeEqual(digest(bearerOf(request) ?? ''), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function peerOf({ socket: { remoteAddress, remotePort } }: IncomingMessage): string {
  return `${remoteAddress}:${remotePort}`;
}

/** Speaks on a channel until it is closed, or the node is to end. */
async function meet(node: Node, channel: Channel, peer: string, ending: AbortSignal): Promise<void> {
  const leave = (): void => channel.close(1001, 'the node ends');
  ending.addEventListener('abort', leave, { once: true });
  if (ending.aborted) leave();
  node.say({ event: 'connected', peer });
  try {
    await speak(channel, node);
  } finally {
    ending.removeEventListener('abort', leave);
  }
}

/** Waits for the answer that ends a node which is to run once. */
class FirstAnswer {
  readonly #done = new AbortController();
  #acked = false;
  #last: string | undefined;
  #hurdle: Hurdle | null = null;

  get signal(): AbortSignal {
    return this.#done.signal;
  }

  hear(event: NodeEvent): void {
    if (event.event === 'acked') {
      this.#acked = true;
      this.#done.abort();
    } else if (event.event === 'nacked') {
      this.#last = `it refused version ${event.version}: ${event.message}`;
      // A wrong checksum or base is followed by a snapshot.
      if (!/^(?:checksum|base)\b/.test(event.message)) this.#done.abort();
    } else if (event.event === 'unreachable') this.#last ??= event.why;
  }

  /** Nobody was reached. */
  miss(hurdle: Hurdle | null): void {
    this.#hurdle = hurdle;
  }

  judge(): void {
    if (this.#acked) return;
    if (this.#last === undefined) throw new NetgoatError('interrupted', 'it was ended before its first ACK');
    const more = this.#hurdle === null ? {} : { hint: wayPast(this.#hurdle) };
    throw new NetgoatError('edge', `nothing was confirmed: ${this.#last}`, more);
  }
}
