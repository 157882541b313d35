import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';

const FILE = 'gate.mdb';

/**
 * One process at a time, whoever else has the store open: for opening, writing and closing its files.
 *
 * LMDB lets a process open its files while another commits, and then sets the number of the last transaction in the
 * shared lock file back to what it has just read; the next writer writes over a commit that was acknowledged. So a
 * process opens and closes the files, and others write to them, only with the writer's lock of a second, empty LMDB
 * file. The lock is taken in a thread of its own: while another process has it, the event loop goes on. The lock of a
 * process that dies is free.
 */
export class Gate {
  private readonly root: RootDatabase<Buffer, Buffer>;

  /** Throws what the system says if the folder cannot be written. */
  constructor(folder: string) {
    this.root = open<Buffer, Buffer>({
      path: join(folder, FILE),
      noSubdir: true,
      maxReaders: 1,
      encoding: 'binary',
      keyEncoding: 'binary',
      // with batching by turn, a commit that fails is an unhandled rejection
      eventTurnBatching: false,
      overlappingSync: false,
    });
  }

  /** Runs `work` alone and gives what it gives. */
  async pass<T>(work: () => T): Promise<T> {
    let outcome: { value: T } | { error: unknown } | undefined;
    await this.root.transaction(() => {
      try {
        outcome = { value: work() };
      } catch (error) {
        outcome = { error };
      }
    });
    if (outcome && 'value' in outcome) return outcome.value;
    throw outcome?.error;
  }

  close(): Promise<void> {
    return this.root.close();
  }
}
