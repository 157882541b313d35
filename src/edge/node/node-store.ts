import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NetgoatError } from '../../errors.ts';
import { lockFolder } from '../../folder-lock.ts';
import { newChecksum } from '../checksum.ts';
import { exportFile } from '../export-file.ts';
import { ndjsonHeader, ndjsonTrailer } from '../formats/ndjson.ts';
import { inBlocks } from '../spool.ts';
import type { Verifier } from '../signature.ts';
import { Damaged, checkState, keptDomains } from './state-file.ts';
import type { Held, Kept, Stamp } from './state-file.ts';

/** The payload as `netgoat sync show --format ndjson` prints it. */
const FILE = 'payload.ndjson';

/** The domains do not give the checksum that was sent with them, or those they are added to cannot be read. */
export class WrongChecksum extends Error {
  override readonly name = 'WrongChecksum';
}

/**
 * The last good payload of an edge node, in a folder of its own. It is replaced as a whole: who ends the process at any
 * moment finds the old one or the new one.
 */
export class NodeStore {
  readonly #path: string;
  readonly #unlock: () => void;
  #held: Held | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(folder: string) {
    this.#path = join(folder, FILE);
    this.#unlock = lockFolder(folder);
  }

  /**
   * Opens the store in a folder, which is made if it is not there, for its caller alone until it is closed.
   * @param warn is told of a payload that is damaged, or not signed by the key; the node then starts without one.
   * @throws NetgoatError usage: it is no folder, or may not be made; conflict: another one has it open.
   */
  static async open(
    folder: string,
    warn: (line: string) => void,
    verify: Verifier | null = null,
  ): Promise<NodeStore> {
    await makeFolder(folder);
    const store = new NodeStore(folder);
    const path = store.#path;
    try {
      const found = await checkState(path);
      const fault = found === null ? null : faultOf(found, verify);
      if (fault !== null) throw new Damaged(fault);
      store.#held = found;
    } catch (error) {
      if (!(error instanceof Damaged)) {
        store.close();
        throw error;
      }
      warn(`${path} is not used: ${error.message}`);
    }
    return store;
  }

  /** Leaves the folder to others. */
  close(): void {
    this.#unlock();
  }

  /** What it holds; null before the first payload. */
  get held(): Held | null {
    return this.#held;
  }

  /** The domains that it holds, sorted. @throws WrongChecksum: somebody has taken them away or changed them. */
  async *domains(): AsyncGenerator<Kept> {
    if (this.#held === null) return;
    try {
      yield* keptDomains(this.#path);
    } catch (error) {
      throw new WrongChecksum(`what was held cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Runs work that reads and replaces what is held; one such work runs at a time. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /**
   * Replaces what it holds, if these domains are what the stamp says.
   * @throws WrongChecksum: they are not; NetgoatError as `writeWhole`. What was held stays.
   */
  async replace(stamp: Stamp, domains: AsyncIterable<Kept>): Promise<Held> {
    let count = 0;
    const lines = () => stateLines(stamp, domains, (all) => (count = all));
    await exportFile(this.#path, () => inBlocks(lines()), { force: true });
    return (this.#held = { ...stamp, count });
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in the way' : message;
    throw new NetgoatError('usage', `cannot make the folder ${folder}: ${why}`, { cause: error });
  }
}

/** What is wrong with the signature of a payload; null where nothing is, or no key is known. */
export function faultOf(stamp: Stamp, verify: Verifier | null): string | null {
  if (verify === null) return null;
  if (stamp.signature === undefined) return 'it is not signed';
  return verify(stamp, stamp.signature) ? null : `it is not signed by the key ${verify.key.slice(0, 16)}…`;
}

/** @param counted is told, after the last of them, how many domains there were. */
async function* stateLines(
  stamp: Stamp,
  domains: AsyncIterable<Kept>,
  counted: (count: number) => void,
): AsyncGenerator<string> {
  const { version, checksum: expected, signature } = stamp;
  const checksum = newChecksum();
  let count = 0;
  yield ndjsonHeader(version, new Date());
  for await (const { line, domain } of domains) {
    try {
      checksum.add(domain);
    } catch (error) {
      throw new WrongChecksum((error as Error).message, { cause: error });
    }
    count += 1;
    yield line;
  }
  const found = checksum.digest();
  if (found !== expected) throw new WrongChecksum(`the domains give ${found}, not ${expected}`);
  counted(count);
  yield ndjsonTrailer(expected, count, signature);
}
