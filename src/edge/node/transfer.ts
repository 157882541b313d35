import { escapeForJson } from '../../output/sanitize.ts';
import type { FrameData } from '../protocol/frames.ts';
import { Spool } from '../spool.ts';
import { keep } from './state-file.ts';
import type { Kept, Stamp } from './state-file.ts';

export type Part = ({ type: 'snapshot' } & FrameData<'snapshot'>) | ({ type: 'delta' } & FrameData<'delta'>);

/** A part does not follow the one before it. */
export class OutOfOrder extends Error {
  override readonly name = 'OutOfOrder';
}

/** A snapshot or a delta on its way in: its parts are kept, in constant memory, until all of them are here. */
export class Transfer {
  readonly type: Part['type'];
  /** What a delta is to be applied to; null for a snapshot. */
  readonly base: number | null;
  #stamp: Stamp;
  #part = 0;
  readonly #parts: number;
  readonly #upserts = new Spool();
  readonly #deletes = new Spool();

  /** @param first the part that begins it; it is still to be added. */
  constructor(first: Part) {
    this.type = first.type;
    this.base = first.type === 'delta' ? first.base : null;
    this.#stamp = { version: first.version, checksum: first.checksum };
    this.#parts = first.parts;
  }

  /** The version and the checksum that it leads to, and what signs them once the last part is here. */
  get stamp(): Stamp {
    return this.#stamp;
  }

  /** @throws OutOfOrder: it is not the part that comes next. */
  async add(part: Part): Promise<void> {
    if (part.type !== this.type || part.part !== this.#part + 1 || !this.#isOf(part)) {
      throw new OutOfOrder(`part ${part.part} of ${part.parts} does not follow part ${this.#part}`);
    }
    this.#part = part.part;
    if (part.signature !== undefined) this.#stamp = { ...this.#stamp, signature: part.signature };
    for (const domain of part.type === 'snapshot' ? part.domains : part.upserts) {
      await this.#upserts.add(escapeForJson(JSON.stringify(domain)));
    }
    if (part.type === 'snapshot') return;
    for (const hostname of part.deletes) await this.#deletes.add(JSON.stringify(hostname));
  }

  get isWhole(): boolean {
    return this.#part === this.#parts;
  }

  /**
   * What is to be held after it, as far as it can be trusted: sorted if its parts are and `held` is.
   * @param held what the base has.
   */
  after(held: () => AsyncIterable<Kept>): AsyncIterable<Kept> {
    const upserts = keptOf(this.#upserts);
    return this.type === 'snapshot' ? upserts : merge(held(), upserts, namesOf(this.#deletes));
  }

  async close(): Promise<void> {
    await this.#upserts.clear();
    await this.#deletes.clear();
  }

  #isOf(part: Part): boolean {
    const { version, checksum } = this.#stamp;
    return (
      part.parts === this.#parts &&
      part.version === version &&
      part.checksum === checksum &&
      (part.type === 'snapshot' || part.base === this.base)
    );
  }
}

async function* keptOf(spool: Spool): AsyncGenerator<Kept> {
  for await (const line of spool.lines()) yield keep(line);
}

async function* namesOf(spool: Spool): AsyncGenerator<string> {
  for await (const line of spool.lines()) yield JSON.parse(line) as string;
}

/** Old domains in order, those replaced or added that are in `upserts`, without those in `deletes`. */
async function* merge(
  old: AsyncIterable<Kept>,
  upserts: AsyncIterable<Kept>,
  deletes: AsyncIterable<string>,
): AsyncGenerator<Kept> {
  const [added, gone] = [new Ahead(upserts), new Ahead(deletes)];
  try {
    await Promise.all([added.next(), gone.next()]);
    for await (const kept of old) {
      const { hostname } = kept.domain;
      for (; added.value !== undefined && added.value.domain.hostname < hostname; await added.next()) {
        yield added.value;
      }
      while (gone.value !== undefined && gone.value < hostname) await gone.next();
      if (added.value?.domain.hostname === hostname) {
        yield added.value;
        await added.next();
      } else if (gone.value !== hostname) yield kept;
    }
    for (; added.value !== undefined; await added.next()) yield added.value;
  } finally {
    // Who breaks off half-way leaves files open that wait to be closed.
    await Promise.all([added.close(), gone.close()]);
  }
}

/** The value that comes next. */
class Ahead<T> {
  readonly #values: AsyncIterator<T>;
  value: T | undefined;

  constructor(values: AsyncIterable<T>) {
    this.#values = values[Symbol.asyncIterator]();
  }

  async next(): Promise<void> {
    const { done, value } = await this.#values.next();
    this.value = done === true ? undefined : (value as T);
  }

  async close(): Promise<void> {
    await this.#values.return?.();
  }
}
