import { stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { Gate, OWNER_ONLY } from './gate.ts';

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

/** A disk with less room than this is full. */
const FULL_BYTES = 64 * 1024;

/** What a new store takes. LMDB maps its lock file into memory, and a process without room for it dies of SIGBUS. */
const NEW_BYTES = 256 * 1024;
const LOCK_FILE = 'lock.mdb';

async function roomIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function noSpace(cause?: unknown): Error {
  return new Error('no space left on the device', { cause });
}

/** What lmdb's own types leave out. */
interface Untyped {
  useReadTransaction(): Snapshot;
  resetReadTxn(): void;
  sync(done: (error: unknown) => void): void;
}

/** An environment and how many in this process use it. */
interface Shared {
  readonly environment: Promise<Environment>;
  users: number;
  closed?: Promise<void>;
}

/** By folder: LMDB must not open the same files twice in a process (lmdb.h, "Caveats"); locks and readers suffer. */
const inThisProcess = new Map<string, Shared>();

/**
 * The LMDB files of a store: a catalog, documents by collection and record id, and index entries.
 * Whoever writes has passed the gate, so LMDB's own lock is free, and the event loop is not held while another process
 * writes; nor is a lock of ours held over a turn. A commit waits for its pages to be on the disk, but not for the page
 * that makes them the newest: a machine that loses its power may lose the last commits, and never half of one.
 */
export class Environment {
  readonly catalog: Table<string>;
  readonly documents: Table<Buffer>;
  readonly entries: Table<Buffer>;
  private readonly root: RootDatabase<Buffer, Buffer>;
  private readonly key: string;
  private readonly gate: Gate;
  private readonly folder: string;
  private writing = false;
  private written = false;

  /** Opens the files in a folder, once in this process; throws what LMDB says if that cannot be done. */
  static async open(folder: string): Promise<Environment> {
    const { dev, ino } = await stat(folder);
    const key = `${dev}:${ino}`;
    for (let at = inThisProcess.get(key); at?.closed; at = inThisProcess.get(key))
      await at.closed.catch(() => undefined);
    const shared = inThisProcess.get(key) ?? { environment: Environment.openFiles(folder, key), users: 0 };
    shared.users += 1;
    inThisProcess.set(key, shared);
    return shared.environment.catch((error: unknown) => {
      inThisProcess.delete(key);
      throw error;
    });
  }

  private static async openFiles(folder: string, key: string): Promise<Environment> {
    if (!existsSync(join(folder, LOCK_FILE)) && (await roomIn(folder)) < NEW_BYTES) throw noSpace();
    const gate = new Gate(folder);
    try {
      return await gate.pass(() => new Environment(folder, key, gate));
    } catch (error) {
      await gate.close();
      throw error;
    }
  }

  private constructor(folder: string, key: string, gate: Gate) {
    this.key = key;
    this.gate = gate;
    this.folder = folder;
    this.root = open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      maxDbs: 8,
      maxReaders: 512,
      ...OWNER_ONLY,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
      noMetaSync: true,
    });
    const table = (name: string, keys: object): unknown =>
      this.root.openDB(name, { encoding: 'binary', ...keys });
    this.catalog = table('catalog', {}) as Table<string>;
    this.documents = table('documents', { keyEncoding: 'binary' }) as Table<Buffer>;
    this.entries = table('entries', { keyEncoding: 'binary' }) as Table<Buffer>;
  }

  /** Runs `work` in one write transaction; what it throws undoes all of it. Resolves when committed. */
  async write<T>(work: () => T): Promise<T> {
    try {
      return await this.gate.pass(() => this.transaction(work));
    } catch (error) {
      throw (await this.isFull(error)) ? noSpace(error) : error;
    }
  }

  private transaction<T>(work: () => T): T {
    this.writing = true;
    this.written = true;
    try {
      return this.root.transactionSync(work);
    } finally {
      this.writing = false;
    }
  }

  /** LMDB knows a write that was cut short, as the last one onto a full disk is, only as an input/output error. */
  private async isFull(error: unknown): Promise<boolean> {
    if (!/input\/output error/i.test((error as Error).message)) return false;
    return (await roomIn(this.folder)) < FULL_BYTES;
  }

  /** Whether this process has written to the store since it opened it. */
  get isWritten(): boolean {
    return this.written;
  }

  /** Lets the next read outside a write see what other processes committed. */
  latest(): void {
    if (!this.writing) (this.root as unknown as Untyped).resetReadTxn();
  }

  /** Begins a read transaction; the caller ends it with `done()`. */
  snapshot(): Snapshot {
    this.latest();
    return (this.root as unknown as Untyped).useReadTransaction();
  }

  /** Copies the store as it is now, without free pages, to a data file in a folder; others may go on writing. */
  async copyTo(folder: string): Promise<void> {
    this.latest();
    await this.root.backup(folder, true);
  }

  /** Resolves when everything committed so far is on the disk. */
  synced(): Promise<void> {
    return new Promise((resolve, reject) => {
      (this.root as unknown as Untyped).sync((error) => (error ? reject(error as Error) : resolve()));
    });
  }

  /** Waits for the disk, and closes the files if nobody else in this process uses them. */
  async close(): Promise<void> {
    const shared = inThisProcess.get(this.key);
    if (!shared || (shared.users -= 1) > 0) return this.synced();
    shared.closed = this.closeFiles().finally(() => inThisProcess.delete(this.key));
    return shared.closed;
  }

  private async closeFiles(): Promise<void> {
    if (this.written) await this.synced();
    // nobody may open them meanwhile: the last to close them takes LMDB's locks away
    const { closed } = await this.gate.pass(() => ({ closed: this.root.close() }));
    await closed;
    await this.gate.close();
  }
}
