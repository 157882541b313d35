import type { Store } from '../../database/store.ts';
import { NetgoatError } from '../../errors.ts';
import type { Id } from '../../models/base.ts';
import type { EdgeNode } from '../../models/edge-node.ts';
import { hasConfirmed, meetNode, refuseNode, seeNode } from '../node-records.ts';
import type { Channel } from '../protocol/channel.ts';
import { ControlEnd } from '../protocol/control.ts';
import type { Brought, Held } from '../protocol/control.ts';
import type { Delta } from '../protocol/offer.ts';
import { refusalWords } from '../refusal.ts';
import type { Signer } from '../signature.ts';
import type { Confirmations } from './confirmations.ts';
import type { Log } from './events.ts';
import type { HeldState, LiveState } from './live.ts';
import type { Metrics } from './metrics.ts';
import type { ReportTaker } from './reports.ts';
import type { ScopeFeed } from './scope-feed.ts';

/** Who was let in. */
export interface Visitor {
  /** The token's, and by which teams it is let in, sorted. */
  readonly hash: string;
  readonly teams: readonly Id[];
  /** Address and port, for the log. */
  readonly from: string;
}

/** What all sessions of a server share. */
export interface SessionDeps {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly sign: Signer | undefined;
  readonly answerWithinMs: number;
  now(): Date;
  /** Counts and judges what a node reports. */
  readonly takeReport: ReportTaker;
  /** Notes what a node has confirmed, together with what others confirm meanwhile. */
  readonly confirmations: Confirmations;
  /** Looks at the store now, and not at the next turn. */
  look(): Promise<void>;
  /** The feed of these teams. */
  feed(teams: readonly Id[]): ScopeFeed;
  /** A session knows its node now: another one of the same node has to go. */
  known(session: NodeSession): void;
}

const HELLO_WITHIN_MS = 10_000;
const SEEN_EVERY_MS = 60_000;

/** A node that is connected: it is brought to the state, then to each that follows, and its reports are taken. */
export class NodeSession {
  readonly visitor: Visitor;
  readonly #deps: SessionDeps;
  readonly #channel: Channel;
  readonly #control: ControlEnd;
  readonly #gone = new AbortController();
  readonly #met: Promise<{ hello: Held; node: EdgeNode }>;
  #node: EdgeNode | undefined;
  /** The checksum that it confirmed last. */
  #confirmed: string | null = null;
  #busy = false;

  constructor(deps: SessionDeps, channel: Channel, visitor: Visitor) {
    [this.#deps, this.#channel, this.visitor] = [deps, channel, visitor];
    this.#control = new ControlEnd(
      channel,
      async (report) => this.#takeReport(report),
      ({ code, message }) =>
        deps.log({ event: 'faulty', ...this.#named(), from: visitor.from, code, message }),
    );
    void channel.closed.then(() => this.#gone.abort());
    this.#met = this.#meet();
    this.#met.catch(() => undefined);
  }

  /** The id of the node's record; undefined before its hello. */
  get node(): Id | undefined {
    return this.#node?._id;
  }

  /** Whether it has not confirmed the newest state of its teams. */
  get isBehind(): boolean {
    return this.#confirmed === null || this.#confirmed !== this.#deps.feed(this.visitor.teams).checksum;
  }

  /** Shows it out, with a close code of RFC 6455 and why. */
  end(code: number, reason: string): void {
    this.#gone.abort();
    this.#channel.close(code, reason);
  }

  /** Lets it answer what it is being sent, then shows it out. */
  drain(code: number, reason: string): void {
    this.#gone.abort();
    if (!this.#busy) this.#channel.close(code, reason);
  }

  /** Runs until the connection has ended; it never throws. */
  async run(): Promise<void> {
    const { log } = this.#deps;
    try {
      await this.#serve();
    } catch (error) {
      const { message } = error as Error;
      const known = error instanceof NetgoatError && error.code !== 'failed';
      if (known) this.#deps.metrics.refused.inc({ reason: error.code === 'conflict' ? 'name' : 'timeout' });
      log({ event: 'turned-away', ...this.#named(), from: this.visitor.from, message });
      this.#channel.close(known ? 1008 : 1011, known ? short(message) : 'it failed, see the log of netgoat');
    }
    // What it said before it went is told before.
    await this.#control.ended;
    const { code, reason } = await this.#channel.closed;
    if (this.#node !== undefined) log({ event: 'disconnected', node: this.#node.name, code, reason });
  }

  async #serve(): Promise<void> {
    const { store, now, feed } = this.#deps;
    const { hello, node } = await this.#met;
    const seen = setInterval(
      () => void seeNode(store, node._id, now()).catch(() => undefined),
      SEEN_EVERY_MS,
    );
    try {
      // A delta goes only onto what this node is known to have confirmed.
      await this.#follow(feed(this.visitor.teams), node, hello, hasConfirmed(node, hello));
    } finally {
      clearInterval(seen);
    }
    this.#channel.close(1001, 'netgoat is being stopped');
  }

  async #meet(): Promise<{ hello: Held; node: EdgeNode }> {
    const { store, log, now, known } = this.#deps;
    const { teams, from } = this.visitor;
    const hello = await this.#control.hello(HELLO_WITHIN_MS);
    const node = await meetNode(store, { name: hello.node, teams, url: null, now: now() });
    // What was written before it came is what it gets.
    await this.#deps.look();
    this.#node = node;
    known(this);
    log({ event: 'connected', node: node.name, from, version: hello.version });
    return { hello, node };
  }

  async #follow(feed: ScopeFeed, node: EdgeNode, hello: Held, isKnown: boolean): Promise<void> {
    let held = hello;
    let known = isKnown;
    let next: Awaited<ReturnType<ScopeFeed['next']>> = await feed.now();
    while (next !== null) {
      this.#busy = true;
      const brought = await this.#bring(next, held, known).finally(() => (this.#busy = false));
      await this.#record(node, brought, feed.changedAt);
      if (brought.result === 'unknown') return this.#channel.close(1008, short(brought.why));
      const { result, version, checksum } = brought;
      if (result === 'acked') [held, known] = [brought, true];
      // What it refused is not sent again, under no version.
      const upTo = result === 'acked' ? version : Infinity;
      next = await feed.next({ checksum, version: upTo }, this.#gone.signal);
    }
  }

  async #bring(
    { live, state }: { live: LiveState; state: HeldState },
    held: Held,
    known: boolean,
  ): Promise<Brought> {
    const { sign, answerWithinMs } = this.#deps;
    try {
      let delta: Delta | null = null;
      if (known && held.version !== null && held.checksum !== state.checksum) {
        delta = live.delta(held.version) ?? (await live.deltaFromHistory(held.version, state));
      }
      return await this.#control.bring(held, state, delta, { sign, answerWithinMs });
    } finally {
      state.release();
    }
  }

  async #record({ _id, name }: EdgeNode, brought: Brought, changedAt: Date | null): Promise<void> {
    const { store, metrics, log } = this.#deps;
    const { by, version, checksum, bytes, ms } = brought;
    const now = this.#deps.now();
    metrics.sentBytes.inc(bytes);
    if (by !== 'current') (by === 'delta' ? metrics.deltas : metrics.snapshots).inc();
    if (brought.result === 'unknown') {
      return log({ event: 'unconfirmed', node: name, by, version, bytes, ms, message: brought.why });
    }
    if (brought.result === 'refused') {
      const reason = refusalWords(brought.errors);
      metrics.nacks.inc();
      await refuseNode(store, _id, { version, reason, now });
      return log({ event: 'refused-state', node: name, by, version, bytes, ms, message: reason });
    }
    metrics.acks.inc();
    if (by === 'delta' && changedAt !== null) {
      metrics.ackSeconds.observe((now.getTime() - changedAt.getTime()) / 1_000);
    }
    await this.#deps.confirmations.add(_id, { version, checksum, now });
    this.#confirmed = checksum;
    log({ event: 'acked', node: name, by, version, bytes, ms });
  }

  async #takeReport(report: Parameters<ReportTaker>[1]) {
    const { metrics, log, takeReport } = this.#deps;
    if (!this.#control.hasHello) return { refused: 'say hello first' };
    const { _id: node, name } = (await this.#met).node;
    const taken = await takeReport({ node, name, teams: this.visitor.teams }, report).catch(
      (error: unknown) => {
        log({ event: 'failing', message: `a report of ${name}: ${(error as Error).message}` });
        throw error;
      },
    );
    if ('refused' in taken) return taken;
    if (!taken.again) metrics.reports.inc();
    const { reportId, domains } = report;
    log({ event: 'reported', node: name, reportId, domains: domains.length, again: taken.again });
    return taken;
  }

  #named(): { node?: string } {
    return this.#node === undefined ? {} : { node: this.#node.name };
  }
}

/** The reason of a close is at most 123 bytes (RFC 6455 section 5.5). */
function short(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= 123
    ? text
    : `${bytes
        .subarray(0, 117)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')}…`;
}
