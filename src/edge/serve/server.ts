import type { IncomingMessage } from 'node:http';
import { readTokens, noteUse } from '../../queries/tokens.ts';
import type { Access } from '../../queries/access.ts';
import { tokenHash } from '../../queries/token-hash.ts';
import type { Store } from '../../database/store.ts';
import type { Id } from '../../models/base.ts';
import { bearerOf, openDoor } from '../door.ts';
import type { Address, Refusal } from '../door.ts';
import { openChannel } from '../protocol/channel.ts';
import { MOST_FROM_EDGE } from '../protocol/frames.ts';
import type { Signer } from '../signature.ts';
import type { Log } from './events.ts';
import { httpRoutes } from './http.ts';
import { Hub } from './hub.ts';
import { newMetrics } from './metrics.ts';
import type { RefusalReason } from './metrics.ts';
import { refusalTeller } from './refusals.ts';
import type { ReportTaker } from './reports.ts';
import type { Visitor } from './session.ts';

export interface ServeOptions extends Address {
  tls: { cert: string; key: string } | null;
  /** The teams that it is limited to; null for all. */
  teams: readonly Id[] | null;
  sign: Signer | undefined;
  /** How long a node may take for an answer. */
  answerWithinMs: number;
  /** Of nodes at once. */
  mostNodes: number;
  takeReport: ReportTaker;
  log: Log;
  now(): Date;
}

const PING_EVERY_MS = 15_000;

/**
 * Serves edge nodes and NetGoat agents until it is told to end, then lets nodes answer what they are being sent.
 * @param ending tells it to.
 * @throws NetgoatError usage: it cannot listen there; unreachable and others: the store cannot be read at the start.
 */
export async function serve(store: Store, options: ServeOptions, ending: AbortSignal): Promise<void> {
  const { log, now, sign, answerWithinMs, takeReport, teams } = options;
  // What is still on its way to a node stands before the ping, as it does before its answer.
  const pingEveryMs = Math.max(PING_EVERY_MS, answerWithinMs);
  const metrics = newMetrics();
  const hub = new Hub({ store, metrics, log, now, sign, answerWithinMs, takeReport }, teams);
  const tellRefusal = refusalTeller(log, now);
  const gate = new Gate(store, hub, options, (request, reason, refused) => {
    metrics.refused.inc({ reason });
    tellRefusal(request, refused);
  });
  await hub.look();
  const door = await openDoor<Visitor>({
    ...options,
    maxPayload: MOST_FROM_EDGE,
    request: httpRoutes({
      metrics,
      log,
      refused: tellRefusal,
      authorize: (token) => gate.authorize(token),
      serves: (access) => hub.teamsOf(access).length > 0,
      state: async (access) => {
        await hub.look();
        return (await hub.feed(hub.teamsOf(access)).now()).state;
      },
      health: () => ({ ok: hub.isWell, version: hub.version ?? 0, nodes: hub.count }),
    }),
    admit: (request) => gate.admit(request),
    meet: (socket, visitor) => void hub.meet(openChannel(socket, { pingEveryMs }), visitor),
  });
  log({ event: 'listening', url: door.url, version: hub.version ?? 0 });
  try {
    await hub.watch(ending);
    door.shut();
    await hub.drain();
  } finally {
    await door.close();
  }
  log({ event: 'stopped' });
}

type OnRefusal = (request: IncomingMessage, reason: RefusalReason, refused: Refusal) => void;

/** Decides who is let in. */
class Gate {
  readonly #store: Store;
  readonly #hub: Hub;
  readonly #options: ServeOptions;
  readonly #refused: OnRefusal;

  constructor(store: Store, hub: Hub, options: ServeOptions, refused: OnRefusal) {
    [this.#store, this.#hub, this.#options, this.#refused] = [store, hub, options, refused];
  }

  /** Who a token is; null if it is unknown, revoked or expired. */
  async authorize(token: string): Promise<Access | null> {
    const [hash, now] = [tokenHash(token), this.#options.now()];
    const standing = (await readTokens(this.#store, [hash], now)).get(hash);
    if (standing === undefined || standing.expired) return null;
    await noteUse(this.#store, standing, now);
    return standing.access;
  }

  async admit(request: IncomingMessage): Promise<Visitor | { refused: Refusal }> {
    const { remoteAddress = 'unknown', remotePort = 0 } = request.socket;
    const from = `${remoteAddress}:${remotePort}`;
    const refuse = (status: Refusal['status'], reason: RefusalReason, message: string) => {
      this.#refused(request, reason, { status, message });
      return { refused: { status, message } };
    };
    if (this.#hub.count >= this.#options.mostNodes)
      return refuse(503, 'busy', 'it has as many nodes as it takes');
    const token = bearerOf(request);
    const access = token === null ? null : await this.authorize(token);
    if (token === null || access === null) {
      return refuse(
        401,
        'token',
        token === null ? 'a bearer token is wanted' : 'the token is unknown, revoked or expired',
      );
    }
    if (!access.scopes.has('edge')) return refuse(403, 'scope', 'the token has no scope "edge"');
    const teams = this.#hub.teamsOf(access);
    if (teams.length === 0) return refuse(403, 'scope', 'the token reaches no team that is served here');
    return { hash: tokenHash(token), teams, from };
  }
}
