import { open, type RootDatabase } from 'lmdb';

/** A read transaction: everything read with it is as the store was when it began. */
export interface Snapshot {
  done(): void;
}

interface ReadOptions {
  readonly transaction?: Snapshot;
}

interface RangeOptions extends ReadOptions {
  readonly start?: Buffer | string;
  readonly end?: Buffer | string;
  readonly reverse?: boolean;
  readonly exclusiveStart?: boolean;
  readonly inclusiveEnd?: boolean;
}

/** The part of an lmdb database that is used; lmdb's own types leave out reading with a transaction. */
export interface Table<Key> {
  getBinary(key: Key, options?: ReadOptions): Buffer | undefined;
  /** Valid only until the next read. */
  getBinaryFast(key: Key, options?: ReadOptions): Buffer | undefined;
  getRange(options: RangeOptions): Iterable<{ key: Key; value: Buffer }>;
  getKeys(options: RangeOptions): Iterable<Key> & { asArray: Key[] };
  getKeysCount(options: RangeOptions): number;
  putSync(key: Key, value: Buffer): void;
  removeSync(key: Key): boolean;
}

interface Reader {
  useReadTransaction(): Snapshot;
  resetReadTxn(): void;
}

/**
 * The LMDB files of a store: a catalog, documents by collection and record id, and index entries.
 * Writes run in LMDB's asynchronous transactions: the event loop is not held while another process writes, and the
 * writer's lock is never held over a turn of ours.
 */
export class Environment {
  readonly catalog: Table<string>;
  readonly documents: Table<Buffer>;
  readonly entries: Table<Buffer>;
  private readonly root: RootDatabase<Buffer, Buffer>;
  private writing = false;

  constructor(folder: string) {
    this.root = open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      maxDbs: 8,
      maxReaders: 512,
      encoding: 'binary',
      keyEncoding: 'binary',
      // with batching by turn, a commit that fails is an unhandled rejection
      eventTurnBatching: false,
    });
    const table = (name: string, keys: object): unknown =>
      this.root.openDB(name, { encoding: 'binary', ...keys });
    this.catalog = table('catalog', {}) as Table<string>;
    this.documents = table('documents', { keyEncoding: 'binary' }) as Table<Buffer>;
    this.entries = table('entries', { keyEncoding: 'binary' }) as Table<Buffer>;
  }

  /** Runs `work` in one write transaction; what it throws undoes all of it. Resolves when committed. */
  write<T>(work: () => T): Promise<T> {
    return this.root.childTransaction(() => {
      this.writing = true;
      try {
        return work();
      } finally {
        this.writing = false;
      }
    });
  }

  /** Lets the next read outside a write see what other processes committed. */
  latest(): void {
    if (!this.writing) (this.root as unknown as Reader).resetReadTxn();
  }

  /** Begins a read transaction; the caller ends it with `done()`. */
  snapshot(): Snapshot {
    this.latest();
    return (this.root as unknown as Reader).useReadTransaction();
  }

  /** Copies the store as it is now, without free pages, to a data file in a folder; others may go on writing. */
  async copyTo(folder: string): Promise<void> {
    this.latest();
    await this.root.backup(folder, true);
  }

  /** Resolves when everything committed so far is on the disk. */
  async synced(): Promise<void> {
    await this.root.flushed;
  }

  /** Waits for the disk and closes the files. */
  async close(): Promise<void> {
    await this.root.flushed;
    await this.root.close();
  }
}
