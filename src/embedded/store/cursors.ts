import { Long, type Document } from 'bson';
import { ServerError } from '../server-error.ts';

/** A batch is closed before it passes MongoDB's message size of 48,000,000 bytes. */
const MAX_BATCH_BYTES = 16_000_000;
const IDLE_MS = 10 * 60_000;

interface Cursor {
  readonly id: number;
  readonly namespace: string;
  readonly rows: Iterator<Buffer>;
  readonly onClose: () => void;
  next: IteratorResult<Buffer>;
  usedAt: number;
}

/** Open cursors, which hold what is left of a result between two commands. */
export class Cursors {
  private readonly open = new Map<number, Cursor>();
  private lastId = 0;

  /**
   * The reply with the first batch of `rows`; what is left is kept under a cursor id. `onClose` is called once,
   * when the last row is taken or the cursor is killed, times out or fails.
   */
  first(
    namespace: string,
    rows: Iterator<Buffer>,
    size: number,
    onClose: () => void = () => undefined,
  ): Document {
    const id = ++this.lastId;
    const cursor: Cursor = {
      id,
      namespace,
      rows,
      onClose,
      next: { done: false, value: Buffer.alloc(0) },
      usedAt: Date.now(),
    };
    try {
      cursor.next = rows.next();
      const firstBatch = this.take(cursor, size);
      if (!cursor.next.done) this.open.set(id, cursor);
      return {
        cursor: { firstBatch, id: cursor.next.done ? Long.ZERO : Long.fromNumber(id), ns: namespace },
        ok: 1,
      };
    } catch (error) {
      this.end(cursor);
      throw error;
    }
  }

  /** The reply with the next batch. Throws CursorNotFound. */
  more(id: number, size: number): Document {
    const cursor = this.open.get(id);
    if (!cursor) throw new ServerError(43, `cursor id ${id} not found`);
    cursor.usedAt = Date.now();
    try {
      const nextBatch = this.take(cursor, size);
      return {
        cursor: { nextBatch, id: cursor.next.done ? Long.ZERO : Long.fromNumber(id), ns: cursor.namespace },
        ok: 1,
      };
    } catch (error) {
      this.end(cursor);
      throw error;
    }
  }

  private take(cursor: Cursor, size: number): Buffer[] {
    const batch: Buffer[] = [];
    let bytes = 0;
    while (!cursor.next.done && batch.length < size && bytes < MAX_BATCH_BYTES) {
      batch.push(cursor.next.value);
      bytes += cursor.next.value.length;
      cursor.next = cursor.rows.next();
    }
    if (cursor.next.done) this.end(cursor);
    return batch;
  }

  private end(cursor: Cursor): void {
    this.open.delete(cursor.id);
    cursor.rows.return?.();
    cursor.onClose();
  }

  /** Ends a cursor; false if there is none with the id. */
  kill(id: number): boolean {
    const cursor = this.open.get(id);
    if (cursor) this.end(cursor);
    return cursor !== undefined;
  }

  /** Ends the cursors that were not used for ten minutes, or all. */
  expire(all = false): void {
    for (const cursor of this.open.values()) {
      if (all || Date.now() - cursor.usedAt > IDLE_MS) this.end(cursor);
    }
  }
}
