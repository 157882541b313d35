import { createHash } from 'node:crypto';
import { isDuplicateKey } from '../../database/duplicate-key.ts';
import type { Store } from '../../database/store.ts';
import { NetgoatError } from '../../errors.ts';
import type { Id } from '../../models/base.ts';
import type { LogCheckpoint } from '../../models/log-checkpoint.ts';
import { markOf } from '../traffic.ts';

const ID_DIGITS = 24;

/** Where a log stands, by its bytes. */
export interface Standing {
  offset: number;
  hash: string;
}

/** The checkpoints of logs that begin with this line. */
export function checkpointsOf(store: Store, head: string): Promise<LogCheckpoint[]> {
  return store.models.LogCheckpoint.find({ head }).sort({ _id: 1 }).lean<LogCheckpoint[]>().exec();
}

/**
 * The checkpoint of the log that is being counted. It is made with the first chunk of which something counts, so that
 * a log that was read in vain can be read again. If another process counts the same log, one of the two is refused.
 */
export class Checkpoint {
  readonly #store: Store;
  readonly #log: { head: string; scope: string; anew: number };
  readonly #id: Id | string;
  /** The one that goes when the log is begun anew. */
  readonly #before: LogCheckpoint | null;
  #made: boolean;

  /**
   * @param found that of this log, in this scope.
   * @param others how many logs that begin with the same line were counted in this scope.
   * @param asNew that the log is counted from its beginning, whatever `found` says.
   */
  constructor(
    store: Store,
    log: { head: string; scope: string },
    { found, others, asNew }: { found: LogCheckpoint | null; others: number; asNew: boolean },
  ) {
    this.#store = store;
    this.#log = { ...log, anew: (found?.anew ?? 0) + (asNew ? 1 : 0) };
    this.#before = asNew ? found : null;
    this.#made = found !== null && !asNew;
    // Two processes that count the log for the first time make the same one.
    this.#id = found?._id ?? idOf(log.head, log.scope, others);
  }

  /** Whether something of the log was counted. */
  get made(): boolean {
    return this.#made;
  }

  /** What buckets remember a chunk by; another one each time that the log is counted anew. */
  markOf(from: Standing, to: Standing): string {
    return markOf('log', String(this.#id), this.#log.anew, from.offset, to.hash);
  }

  /** Says what is about to be counted. */
  async begin(from: Standing, to: Standing, now: Date): Promise<void> {
    const pending = { to: to.offset, hash: to.hash };
    if (this.#made) {
      await this.#move(from, { pending: null }, { pending, updatedAt: now });
      return;
    }
    if (this.#before !== null) {
      const { offset, hash, pending: before } = this.#before;
      const set = { ...from, pending, anew: this.#log.anew, updatedAt: now };
      await this.#move({ offset, hash }, { 'pending.to': before?.to ?? null }, set);
      this.#made = true;
      return;
    }
    try {
      await this.#store.models.LogCheckpoint.create({
        _id: this.#id as Id,
        ...this.#log,
        ...from,
        pending,
        updatedAt: now,
      });
      this.#made = true;
    } catch (error) {
      if (isDuplicateKey(error)) throw countedByAnother();
      throw error;
    }
  }

  /** Says that it was counted. */
  async finish(from: Standing, to: Standing, now: Date): Promise<void> {
    await this.#move(from, { 'pending.to': to.offset }, { ...to, pending: null, updatedAt: now });
  }

  async #move(from: Standing, expected: object, set: Partial<LogCheckpoint>): Promise<void> {
    const filter = { _id: this.#id, ...from, ...expected };
    const { matchedCount } = await this.#store.models.LogCheckpoint.updateOne(filter, { $set: set });
    if (matchedCount === 0) throw countedByAnother();
  }
}

function idOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, ID_DIGITS);
}

function countedByAnother(): NetgoatError {
  return new NetgoatError('conflict', 'another process counts this log', {
    hint: 'run it again when that has ended: it goes on where the log was counted to',
  });
}
