import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';

const FILE = 'gate.mdb';
/** What presence.ts leaves in the folder for each opening. */
const OPENED = '.open';
/** Whatever the folder lets others do: a store holds hashes of tokens. lmdb's own types leave the option out. */
export const OWNER_ONLY: object = { permissionsMode: 0o600 };
/** How many are waiting in this process, at whichever gate. */
let waiting = 0;

/**
 * One process at a time, whoever else has the store open: for opening, writing and closing its files.
 *
 * LMDB lets a process open its files while another commits, and then sets the number of the last transaction in the
 * shared lock file back to what it has just read; the next writer writes over a commit that was acknowledged. So a
 * process opens and closes the files, and others write to them, only with the writer's lock of a second, empty LMDB
 * file. The lock is taken in a thread of its own: while another process has it, the event loop goes on; where there is
 * no other, the thread is spared. The lock of a process that dies is free.
 */
export class Gate {
  private readonly root: RootDatabase<Buffer, Buffer>;
  private readonly folder: string;

  /** Throws what the system says if the folder cannot be written. */
  constructor(folder: string) {
    this.folder = folder;
    this.root = open<Buffer, Buffer>({
      path: join(folder, FILE),
      noSubdir: true,
      maxReaders: 1,
      ...OWNER_ONLY,
      encoding: 'binary',
      keyEncoding: 'binary',
      // with batching by turn, a commit that fails is an unhandled rejection
      eventTurnBatching: false,
      overlappingSync: false,
    });
  }

  /** Runs `work` alone and gives what it gives. */
  async pass<T>(work: () => T): Promise<T> {
    if (waiting === 0 && !this.isShared()) return this.root.transactionSync(work);
    let outcome: { value: T } | { error: unknown } | undefined;
    waiting++;
    try {
      await this.root.transaction(() => {
        try {
          outcome = { value: work() };
        } catch (error) {
          outcome = { error };
        }
      });
    } finally {
      waiting--;
    }
    if (outcome && 'value' in outcome) return outcome.value;
    throw outcome?.error;
  }

  /** Whether somebody besides one, be it a process that died, has said that the store is open. */
  private isShared(): boolean {
    return readdirSync(this.folder).filter((name) => name.endsWith(OPENED)).length > 1;
  }

  close(): Promise<void> {
    return this.root.close();
  }
}
