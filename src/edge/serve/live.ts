import type { Store } from '../../database/store.ts';
import { DomainHashes, domainHash } from '../checksum.ts';
import { mergedDomains } from '../merge.ts';
import { readPayload } from '../payload.ts';
import type { Payload } from '../payload.ts';
import type { Delta, EdgeState } from '../protocol/offer.ts';
import { readWhole } from '../read-whole.ts';
import type { EdgeScope } from '../scope.ts';
import { deltaOf, deltaOfNames } from '../delta.ts';
import type { Changed } from '../delta.ts';
import { touchedNames } from '../touched.ts';
import { changedBoth, overlaid, sizeOf } from './overlay.ts';

/** Characters of changed domains that are held since the payload was read; beyond, it is read again. */
const MOST_CHANGED = 16 * 1024 * 1024;
const MOST_STEPS = 1_000;

/** What the sets between two versions came to. */
interface Step {
  after: number;
  upTo: number;
  changed: Changed;
}

/** A state that stays readable, whatever becomes of the store, until it is released. */
export interface HeldState extends EdgeState {
  release(): void;
}

/**
 * The payload of a scope, kept at the newest version: it is read once, then each set of Changes costs its own domains.
 * What changed is held over the lines that were read, so that a snapshot needs no reading of the store.
 */
export class LiveState {
  readonly #store: Store;
  readonly #scope: EdgeScope;
  #hashes: DomainHashes;
  #base: SharedPayload;
  #version: number;
  #checksum: string;
  #touched: number;
  #steps: Step[] = [];
  #changed: Changed = new Map();

  private constructor(store: Store, scope: EdgeScope, payload: Payload, hashes: DomainHashes) {
    [this.#store, this.#scope, this.#hashes] = [store, scope, hashes];
    this.#base = new SharedPayload(payload);
    [this.#version, this.#checksum] = [payload.version, payload.checksum];
    this.#touched = payload.version;
  }

  /** @throws NetgoatError as `readPayload`. */
  static async read(store: Store, scope: EdgeScope): Promise<LiveState> {
    const hashes = new DomainHashes();
    return new LiveState(store, scope, await readPayload(store, scope, hashes), hashes);
  }

  get version(): number {
    return this.#version;
  }

  get checksum(): string {
    return this.#checksum;
  }

  /** The last version whose set could have changed the content, whether it did or not. */
  get touched(): number {
    return this.#touched;
  }

  /** The state as it is now. */
  hold(): HeldState {
    const [base, changed] = [this.#base, this.#changed];
    const release = base.use();
    return {
      version: this.#version,
      checksum: this.#checksum,
      count: this.#hashes.size,
      lines: () => overlaid(base.lines(), changed),
      release,
    };
  }

  /**
   * Takes over what was written since.
   * @returns whether there is something to tell: another content, or a version that may be waited for.
   * @throws NetgoatError conflict: a set that touches the scope is being applied; the state stays as it was.
   */
  async advance(): Promise<boolean> {
    const before = this.#touched;
    const step = await readWhole(this.#store, this.#scope, async (session, version) => {
      if (version === this.#version) return null;
      // A database that was restored has gone back: what it had since is no guide.
      if (version < this.#version) return 'too far' as const;
      const names = await touchedNames(this.#store, this.#scope, this.#version, version, session);
      if (names === null) return 'too far' as const;
      const changed = new Map<string, string | null>([...names].map((name) => [name, null]));
      const hashes = new Map<string, string>();
      if (names.size > 0) {
        const scope = { ...this.#scope, hostnames: [...names] };
        for await (const domain of mergedDomains(this.#store, scope, session)) {
          changed.set(domain.hostname, JSON.stringify(domain));
          hashes.set(domain.hostname, domainHash(domain));
        }
      }
      return { after: this.#version, upTo: version, changed, hashes };
    });
    if (step === 'too far') await this.#reread();
    else if (step !== null) await this.#take(step);
    return this.#touched !== before;
  }

  /**
   * The way from a version to the one that it is at, from memory.
   * @returns null where it goes further back than what is kept.
   */
  delta(from: number): Delta | null {
    const first = this.#steps.findIndex(({ upTo }) => upTo > from);
    const start = first === -1 ? this.#version : this.#steps[first]!.after;
    if (from < start || from > this.#version) return null;
    const steps = first === -1 ? [] : this.#steps.slice(first);
    const changed = steps.reduce<Changed>((all, step) => changedBoth(all, step.changed), new Map());
    return deltaOf(from, changed);
  }

  /**
   * The way from a version to a held state, from history and the lines of the state.
   * @returns null where a snapshot is the better answer.
   */
  async deltaFromHistory(from: number, state: HeldState): Promise<Delta | null> {
    if (from > state.version) return null;
    const names = await touchedNames(this.#store, this.#scope, from, state.version);
    return names === null ? null : deltaOfNames(from, state, names);
  }

  close(): void {
    this.#base.close();
  }

  async #take({ hashes, ...step }: Step & { hashes: ReadonlyMap<string, string> }): Promise<void> {
    // A domain that was touched and is as it was is nothing new; nor is one that was never here.
    const moved = new Map([...step.changed].filter(([name]) => hashes.get(name) !== this.#hashes.get(name)));
    for (const [name, line] of moved) {
      if (line === null) this.#hashes.delete(name);
      else this.#hashes.set(name, hashes.get(name)!);
    }
    this.#version = step.upTo;
    if (step.changed.size > 0) this.#touched = step.upTo;
    if (moved.size > 0) this.#checksum = this.#hashes.digest();
    this.#steps.push({ ...step, changed: moved });
    this.#changed = changedBoth(this.#changed, moved);
    if (this.#steps.length > MOST_STEPS) this.#steps.shift();
    if (sizeOf(this.#changed) > MOST_CHANGED) await this.#reread();
  }

  async #reread(): Promise<void> {
    const hashes = new DomainHashes();
    const payload = await readPayload(this.#store, this.#scope, hashes);
    this.#base.close();
    this.#base = new SharedPayload(payload);
    this.#hashes = hashes;
    [this.#version, this.#checksum] = [payload.version, payload.checksum];
    this.#touched = payload.version;
    [this.#steps, this.#changed] = [[], new Map()];
  }
}

/** A payload that is closed when it has been replaced and nobody reads it any more. */
class SharedPayload {
  readonly #payload: Payload;
  #users = 0;
  #closing = false;

  constructor(payload: Payload) {
    this.#payload = payload;
  }

  lines(): AsyncIterable<string> {
    return this.#payload.lines();
  }

  /** @returns what says that it is not read any more. */
  use(): () => void {
    this.#users += 1;
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      this.#users -= 1;
      this.#closeUnused();
    };
  }

  close(): void {
    this.#closing = true;
    this.#closeUnused();
  }

  #closeUnused(): void {
    if (this.#closing && this.#users === 0) void this.#payload.close();
  }
}
