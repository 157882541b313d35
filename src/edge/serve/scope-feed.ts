import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../database/store.ts';
import { NetgoatError } from '../../errors.ts';
import type { ChangeSet } from '../../models/change-set.ts';
import type { EdgeScope } from '../scope.ts';
import { LiveState } from './live.ts';
import type { HeldState } from './live.ts';
import type { Log } from './events.ts';

const RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** How long who asks for the state as it is now waits for a set that is being applied. */
const PATIENCE_MS = 2_000;

/** The state of one scope for all who are sent it: it is kept at the store's version, and who waits is told. */
export class ScopeFeed {
  readonly #store: Store;
  readonly #log: Log;
  readonly #ended: AbortSignal;
  readonly #opened: Promise<LiveState>;
  #live: LiveState | undefined;
  #wanted = 0;
  #advancing: Promise<void> | undefined;
  #waiting = new Set<() => void>();
  /** When the newest content was written. */
  changedAt: Date | null = null;
  /** When somebody last asked for it. */
  usedAt = Date.now();

  constructor(store: Store, scope: EdgeScope, log: Log, ended: AbortSignal) {
    [this.#store, this.#log, this.#ended] = [store, log, ended];
    this.#opened = this.#persist(() => LiveState.read(store, scope)).then((live) => (this.#live = live));
    // Who waits for it is told; there may be nobody.
    this.#opened.catch(() => undefined);
  }

  /** The checksum of the newest content; null before it was read. */
  get checksum(): string | null {
    return this.#live?.checksum ?? null;
  }

  /** Says that the store is at this version; what was written is taken over in the background. */
  tell(version: number): void {
    this.#wanted = version;
    if (this.#live !== undefined) this.#advance(this.#live);
  }

  /** The state as it is now, or was before a set that is being applied. */
  async now(): Promise<{ live: LiveState; state: HeldState }> {
    this.usedAt = Date.now();
    const live = await this.#opened;
    this.#advance(live);
    const late = new AbortController();
    await Promise.race([this.#advancing, sleep(PATIENCE_MS, undefined, { signal: late.signal })]);
    late.abort();
    return { live, state: live.hold() };
  }

  /**
   * The state, as soon as its content is another than this, or was touched since.
   * @param than a checksum, and the version up to which it is known to be that: infinite, if a mere touch is no news.
   * @param signal calls the waiting off; the promise is then null.
   */
  async next(
    than: { checksum: string; version: number },
    signal: AbortSignal,
  ): Promise<{ live: LiveState; state: HeldState } | null> {
    this.usedAt = Date.now();
    const live = await this.#opened;
    for (;;) {
      if (signal.aborted) return null;
      if (live.checksum !== than.checksum || live.touched > than.version) return { live, state: live.hold() };
      await this.#change(signal);
    }
  }

  close(): void {
    void this.#opened.then((live) => live.close()).catch(() => undefined);
    this.#wake();
  }

  #advance(live: LiveState): void {
    if (live.version === this.#wanted) return;
    this.#advancing ??= this.#advanced(live).finally(() => (this.#advancing = undefined));
  }

  async #advanced(live: LiveState): Promise<void> {
    try {
      while (live.version !== this.#wanted && !this.#ended.aborted) {
        const before = live.version;
        const changed = await this.#persist(() => live.advance());
        // The store does not say yet what was told: the next look will.
        if (live.version === before) return;
        if (!changed) continue;
        this.changedAt = await this.#writtenAt(live.version);
        this.#wake();
      }
    } catch {
      // It has ended meanwhile.
    }
  }

  /** Half-written and damaged states are waited out: a node keeps what it has until there is something better. */
  async #persist<T>(work: () => Promise<T>): Promise<T> {
    let said = '';
    for (let pause = RETRY_MS; ; pause = Math.min(pause * 2, LONGEST_RETRY_MS)) {
      try {
        return await work();
      } catch (error) {
        if (this.#ended.aborted) throw error;
        const { message } = error as Error;
        if (message !== said) this.#log({ event: isPassing(error) ? 'waiting' : 'failing', message });
        said = message;
        await sleep(pause, undefined, { signal: this.#ended });
      }
    }
  }

  async #writtenAt(version: number): Promise<Date | null> {
    const set = await this.#store.models.ChangeSet.findOne({ version, state: 'applied' }, { at: 1 })
      .lean<ChangeSet>()
      .catch(() => null);
    return set?.at ?? null;
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  #wake(): void {
    for (const done of this.#waiting) done();
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof NetgoatError && error.code === 'conflict';
}
