import type { Stats } from 'node:fs';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetgoatError } from '../errors.ts';
import { isCutShort } from './maintenance/pages.ts';

export const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';
const HEADER_BYTES = 64;
/** 0xBEEFC0DE in the byte order of the machine, in LMDB's first page. */
const LMDB_MAGIC = Buffer.from(endianness() === 'LE' ? 'dec0efbe' : 'beefc0de', 'hex');
/** How long a store may be half made before it counts as damaged. */
const MAKING_MS = 2_000;
const POLL_MS = 50;

/**
 * Makes a folder, and those above it, with mode 0700. Node's own `recursive` never ends where the system says that a
 * folder cannot be made in one that is there: /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if (code === 'ENOENT' && parent !== path && !(await found(parent))) {
      await makeFolder(parent);
      return makeFolder(path);
    }
    // Windows and read-only file systems have other codes for a folder that is there.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await found(path))?.isDirectory() === true;
}

async function found(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}

/** Whether a folder holds a store, be it a damaged one. */
export async function isStore(folder: string): Promise<boolean> {
  return (
    (await found(join(folder, DATA_FILE))) !== undefined ||
    (await found(join(folder, LOCK_FILE))) !== undefined
  );
}

/**
 * Looks at a store's files before LMDB does: a store that lost its data must not pass for a new one, and LMDB crashes
 * on a file that is not its own, or has lost its end.
 * @throws NetgoatError unreachable: it is damaged. Error: it is no store.
 */
export async function checkFiles(path: string): Promise<void> {
  const giveUp = Date.now() + MAKING_MS;
  for (;;) {
    const state = await stateOf(path);
    if (state === 'fine') return;
    if (state !== 'cut short' && Date.now() < giveUp) {
      await sleep(POLL_MS);
      continue;
    }
    throw new NetgoatError('unreachable', `the store in ${path} is damaged: ${DATA_FILE} is ${state}`, {
      hint: 'put a backup in its place with `netgoat db restore FILE`, or move the folder away to begin a new store',
    });
  }
}

/** The lock file comes first, then the data file, then what is in it: another process may be at it just now. */
async function stateOf(path: string): Promise<'fine' | 'empty' | 'missing' | 'cut short'> {
  const file = openIfThere(join(path, DATA_FILE));
  if (file === undefined) return (await found(join(path, LOCK_FILE))) ? 'missing' : 'fine';
  try {
    const header = headerOf(file);
    if (header.length === 0) return 'empty';
    if (!header.includes(LMDB_MAGIC)) throw new Error(`${DATA_FILE} is not a netgoat store`);
    return isCutShort(file) ? 'cut short' : 'fine';
  } finally {
    closeSync(file);
  }
}

/** Whether a file begins as the data of a store does. */
export function hasHeader(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    return headerOf(file).includes(LMDB_MAGIC);
  } finally {
    closeSync(file);
  }
}

function headerOf(file: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
