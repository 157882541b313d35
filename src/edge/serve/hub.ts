import { setTimeout as sleep } from 'node:timers/promises';
import type { Id } from '../../models/base.ts';
import { readTokens } from '../../queries/tokens.ts';
import { readVersion } from '../../queries/version.ts';
import { Confirmations } from './confirmations.ts';
import { ScopeFeed } from './scope-feed.ts';
import { NodeSession } from './session.ts';
import type { SessionDeps } from './session.ts';

/** How often the version document is looked at: a change is on its way to the nodes within this. */
const POLL_MS = 250;
/** A feed that nobody uses is let go. */
const IDLE_MS = 60_000;
const DRAIN_MS = 5_000;

type HubDeps = Omit<SessionDeps, 'feed' | 'known' | 'look' | 'confirmations'>;

/** The sessions of a server, the feeds that they follow, and the look at the store that keeps both right. */
export class Hub {
  readonly #deps: HubDeps;
  readonly #reach: readonly Id[] | null;
  readonly #sessions = new Set<NodeSession>();
  readonly #feeds = new Map<string, ScopeFeed>();
  readonly #ended = new AbortController();
  readonly #confirmations: Confirmations;
  /** How the tokens of the sessions stood at this version. */
  #standings: Awaited<ReturnType<typeof readTokens>> = new Map();
  #version: number | null = null;
  #failing = false;
  #looking: Promise<void> | undefined;

  /** @param reach the teams that the server is limited to; null for all. */
  constructor(deps: HubDeps, reach: readonly Id[] | null) {
    [this.#deps, this.#reach] = [deps, reach];
    this.#confirmations = new Confirmations(deps.store);
  }

  /** The version of the store at the last look; null before the first. */
  get version(): number | null {
    return this.#version;
  }

  /** Whether the store could be looked at last time. */
  get isWell(): boolean {
    return !this.#failing;
  }

  get count(): number {
    return this.#sessions.size;
  }

  get behind(): number {
    return [...this.#sessions].filter(({ isBehind }) => isBehind).length;
  }

  /** The teams by which a token is let in here, sorted. */
  teamsOf(access: { readonly teams: readonly Id[] | null }): Id[] {
    const reach = this.#reach;
    const own = access.teams ?? [];
    const teams = reach === null ? [...own] : own.filter((team) => reach.some((each) => each.equals(team)));
    return teams.toSorted((a, b) => String(a).localeCompare(String(b)));
  }

  feed(teams: readonly Id[]): ScopeFeed {
    const key = teams.join();
    const known = this.#feeds.get(key);
    if (known !== undefined) return known;
    const { store, log } = this.#deps;
    const feed = new ScopeFeed(store, { teams, domain: null }, log, this.#ended.signal);
    this.#feeds.set(key, feed);
    if (this.#version !== null) feed.tell(this.#version);
    return feed;
  }

  /** Runs a session until its connection has ended. */
  async meet(
    channel: ConstructorParameters<typeof NodeSession>[1],
    visitor: NodeSession['visitor'],
  ): Promise<void> {
    const deps = {
      ...this.#deps,
      confirmations: this.#confirmations,
      look: () => this.look(),
      feed: (teams: readonly Id[]) => this.feed(teams),
      known: (session: NodeSession) => this.#replaceOlder(session),
    };
    const session = new NodeSession(deps, channel, visitor);
    this.#sessions.add(session);
    this.#count();
    await session.run().finally(() => this.#sessions.delete(session));
    this.#count();
  }

  /** Looks at the store until the signal; throws nothing. */
  async watch(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      await this.look();
      await sleep(POLL_MS, undefined, { signal: ending }).catch(() => undefined);
    }
  }

  /** Looks at the store once: new versions go to the feeds, and tokens that are none any more are shown out. */
  look(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)));
  }

  async #look(): Promise<void> {
    try {
      const { value } = await readVersion(this.#deps.store);
      const moved = value !== this.#version;
      this.#version = value;
      this.#deps.metrics.version.set(value);
      if (this.#sessions.size > 0) await this.#checkTokens(moved);
      if (moved) for (const feed of this.#feeds.values()) feed.tell(value);
      this.#dropIdle();
      this.#count();
      if (this.#failing) this.#deps.log({ event: 'recovered' });
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#deps.log({ event: 'failing', message: (error as Error).message });
      this.#failing = true;
    }
  }

  /** Lets nodes answer what they are being sent, for five seconds at most. */
  async drain(): Promise<void> {
    this.#deps.log({ event: 'draining', nodes: this.#sessions.size });
    for (const session of this.#sessions) session.drain(1001, 'netgoat is being stopped');
    const giveUp = Date.now() + DRAIN_MS;
    while (this.#sessions.size > 0 && Date.now() < giveUp) await sleep(20);
    this.#ended.abort();
    for (const feed of this.#feeds.values()) feed.close();
  }

  /** Expiry is a matter of the clock; all else that becomes of a token raises the version. */
  async #checkTokens(moved: boolean): Promise<void> {
    const { store, now } = this.#deps;
    if (moved) this.#standings = await readTokens(store, this.#hashes(), now());
    const missing = this.#hashes().filter((hash) => !this.#standings.has(hash));
    if (!moved && missing.length > 0) {
      for (const [hash, standing] of await readTokens(store, missing, now()))
        this.#standings.set(hash, standing);
    }
    for (const session of this.#sessions) {
      const standing = this.#standings.get(session.visitor.hash);
      if (standing === undefined) session.end(1008, 'the token was revoked');
      else if (standing.token.expiresAt !== null && standing.token.expiresAt <= now()) {
        session.end(1008, 'the token has expired');
      } else if (
        !standing.access.scopes.has('edge') ||
        this.teamsOf(standing.access).join() !== session.visitor.teams.join()
      ) {
        session.end(1008, 'the token reaches other teams now: connect again');
      }
    }
  }

  #hashes(): string[] {
    return [...new Set([...this.#sessions].map(({ visitor }) => visitor.hash))];
  }

  #replaceOlder(session: NodeSession): void {
    for (const other of this.#sessions) {
      if (other !== session && other.node !== undefined && other.node.equals(session.node!)) {
        other.end(1008, 'another connection of this node took its place');
      }
    }
  }

  #dropIdle(): void {
    const used = new Set([...this.#sessions].map(({ visitor }) => visitor.teams.join()));
    for (const [key, feed] of this.#feeds) {
      if (used.has(key) || Date.now() - feed.usedAt < IDLE_MS) continue;
      feed.close();
      this.#feeds.delete(key);
    }
  }

  #count(): void {
    this.#deps.metrics.nodesConnected.set(this.count);
    this.#deps.metrics.nodesBehind.set(this.behind);
  }
}
