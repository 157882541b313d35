import { createHash, randomBytes } from 'node:crypto';
import { link, lstat, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './embedded/process-alive.ts';
import { NetgoatError } from './errors.ts';
import type { ErrorCode } from './errors.ts';

/**
 * Writes a file as a whole or not at all: as a temporary file beside it, which is then renamed; a failure leaves what
 * was there. What writers of the same file left that were killed is removed.
 * @param path absolute.
 * @param fill makes the temporary file, and syncs it to disk; it is given the file that is to be replaced, if any. It
 * passes what it does with files through `orExplain`.
 * @param options `force`: a file that is there is replaced.
 * @throws NetgoatError conflict: the file exists; usage: there is no such folder, it may not be written, or a folder, a
 * symbolic link, a device or a pipe is in the way; failed: it cannot be written, as on a full disk.
 */
export async function writeWhole(
  path: string,
  fill: (temporary: string, old: Stats | null) => Promise<void>,
  options: { force: boolean },
): Promise<void> {
  const old = await checkTarget(path, options.force);
  await removeLeftovers(path);
  const name = `.${basename(path)}.${HOST}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  const temporary = join(dirname(path), name);
  own.add(name);
  try {
    await fill(temporary, old);
    await orExplain(path, () => (options.force ? rename(temporary, path) : putNew(temporary, path)));
    await orExplain(path, () => syncFolder(dirname(path)));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    own.delete(name);
  }
}

/** Which machine a temporary file is from: a folder may be on a network, and a process is known on its own machine. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** The names of the temporary files that this process is at; another one with its number is of a process before it. */
const own = new Set<string>();
/** What nobody has touched for so long is nobody's. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;
/** The name of a temporary file, or of a folder that goes with it, after that of its target. */
const TEMPORARY = /^(?:([0-9a-f]{8})-(\d+)-)?[0-9a-f]{12}\.tmp(\.d)?$/;

/** Removes the temporary files of writers that are gone, as far as that is allowed. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    const [found, host, pid] = (name.startsWith(prefix) && TEMPORARY.exec(name.slice(prefix.length))) || [];
    if (found === undefined || own.has(name.replace(/\.d$/, ''))) continue;
    const writer = Number(pid);
    const dead = host === HOST && (writer === process.pid || !isAlive(writer));
    const file = join(folder, name);
    if (!dead && !(await isOld(file))) continue;
    await rm(file, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isOld(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/**
 * Whether a file may be written, before the work that fills it.
 * @returns the file that is there and may be replaced.
 * @throws as `writeWhole`.
 */
export async function checkTarget(path: string, force: boolean): Promise<Stats | null> {
  const found = await orExplain(path, () =>
    lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    }),
  );
  if (found === null) return null;
  if (!found.isFile()) {
    throw new NetgoatError('usage', `${path} is ${kindOf(found)}, not a file`, {
      hint: 'name a file, or one that is not there yet',
    });
  }
  if (!force) throw exists(path);
  return found;
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isSymbolicLink()) return 'a symbolic link';
  return found.isFIFO() ? 'a named pipe' : 'a device or a socket';
}

function exists(path: string): NetgoatError {
  return new NetgoatError('conflict', `${path} exists already`, { hint: '--force replaces it' });
}

/** A link, unlike a rename, never replaces a file that somebody made meanwhile. */
async function putNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists(path);
    // A file system without hard links.
    await checkTarget(path, false);
    return rename(temporary, path);
  }
  await unlink(temporary);
}

/** Puts the names in a folder on disk too; a system where folders cannot be synced does without. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Why a file cannot be written: the name that was given is at fault (usage), or the machine is (failed). */
const REASONS: Record<string, { code: ErrorCode; reason: string }> = {
  EACCES: { code: 'usage', reason: 'permission denied' },
  EPERM: { code: 'usage', reason: 'not permitted' },
  EROFS: { code: 'usage', reason: 'the file system is read-only' },
  ENAMETOOLONG: { code: 'usage', reason: 'the name is too long' },
  ENOSPC: { code: 'failed', reason: 'no space is left' },
  EDQUOT: { code: 'failed', reason: 'the quota is used up' },
};

/** Runs work on files; says of its failure what is wrong with writing to `path`. */
export async function orExplain<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NetgoatError) throw error;
    const { code: cause = '', message } = error as NodeJS.ErrnoException;
    if (cause === 'ENOENT' || cause === 'ENOTDIR') {
      throw new NetgoatError('usage', `there is no folder ${dirname(path)}`, { cause: error });
    }
    const { code, reason } = REASONS[cause] ?? { code: 'failed', reason: message };
    throw new NetgoatError(code, `cannot write ${path}: ${reason}`, { cause: error });
  }
}
