import { randomBytes } from 'node:crypto';
import { link, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_FILE, hasHeader, makeFolder } from '../../embedded/files.ts';
import { inspectClosed } from '../../embedded/maintenance/inspect.ts';
import { claim, refuseOthers } from '../../embedded/presence.ts';
import { isAlive } from '../../embedded/process-alive.ts';
import { NetgoatError } from '../../errors.ts';
import { orExplain, syncFolder } from '../../whole-file.ts';
import { openDatabase } from '../open.ts';
import type { Target } from '../open.ts';
import type { VersionDocument } from '../store.ts';
import { checkCopy, copyFolder, removeOnSignal, takeOut } from './copies.ts';
import type { CopyFacts } from './copies.ts';

/** What a restore did, or would do. */
export interface Restore extends CopyFacts {
  database: string;
  file: string;
  /** The version of the store before; null where there is none that could be read. */
  current: number | null;
  /** Where the data that was there is kept; null where there was none, or nothing was done. */
  kept: string | null;
  dryRun: boolean;
}

/** A file that is checked and waits to take the place of a store. */
export interface PreparedRestore {
  facts: CopyFacts;
  /** The version of the store that is there; null where there is none that can be read. */
  current: number | null;
  /** What is to be done afterwards. */
  warnings: string[];
  /** Whether there is data that it would replace. */
  replaces: boolean;
  /**
   * Puts it in its place. Other processes see the old store or the new one, whole.
   * @returns where the old data is.
   * @throws NetgoatError conflict: another process has the store open.
   */
  apply(now: Date): Promise<string | null>;
  /** Removes what was prepared. */
  discard(): Promise<void>;
}

const NAME_ONE = 'name a file that `netgoat db backup` made';
const WAITING = /^netgoat-restore-(\d+)-[0-9a-f]+$/;

/**
 * Copies a backup beside the store that it is to replace, and checks the copy; the store is not touched.
 * @param file absolute.
 * @throws NetgoatError conflict: another process has the store open; usage: the file is no backup, or of a newer
 * netgoat; finding: it is damaged.
 */
export async function prepareRestore(
  target: Target & { kind: 'embedded' },
  file: string,
): Promise<PreparedRestore> {
  const { folder } = target;
  await requireBackup(file);
  const made = !(await exists(folder));
  await orExplain(folder, () => makeFolder(folder));
  const waiting = join(folder, `netgoat-restore-${process.pid}-${randomBytes(4).toString('hex')}`);
  const done = removeOnSignal(waiting);
  const discard = async (): Promise<void> => {
    await rm(waiting, { recursive: true, force: true });
    await rm(`${waiting}.mdb`, { force: true });
    if (made) await rmdir(folder).catch(() => undefined);
    done();
  };
  try {
    refuseOthers(folder);
    await removeAbandoned(folder);
    await orExplain(waiting, () => copyFolder(waiting, file));
    const checked = await checkCopy(waiting, file);
    const replaces = await exists(join(folder, DATA_FILE));
    const current = replaces ? await versionOf(target) : null;
    return { ...checked, current, replaces, discard, apply: (now) => exchange(folder, waiting, now) };
  } catch (error) {
    await discard();
    throw error;
  }
}

/**
 * While the store is claimed nobody else has its files open, nor opens them. The old data gets a second name before the
 * new takes its first one, so there is no moment without data.
 */
async function exchange(folder: string, waiting: string, now: Date): Promise<string | null> {
  const data = join(folder, DATA_FILE);
  const ready = `${waiting}.mdb`;
  await takeOut(waiting, ready);
  const claimed = claim(folder);
  try {
    const kept = (await exists(data)) ? await keep(data, now) : null;
    await rename(ready, data);
    await syncFolder(folder);
    return kept;
  } finally {
    claimed.leave();
  }
}

async function keep(data: string, now: Date): Promise<string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  for (let number = 1; ; number++) {
    const kept = `${data}.${time}${number === 1 ? '' : `-${number}`}`;
    try {
      await link(data, kept);
      return kept;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      // a file system without hard links
      await rename(data, kept);
      return kept;
    }
  }
}

/** The version of a store, which may be damaged. */
async function versionOf(target: Target & { kind: 'embedded' }): Promise<number | null> {
  try {
    if (inspectClosed(target.folder).problems.length > 0) return null;
    const { store } = await openDatabase(target, async () => false);
    try {
      const counter = await store.connection.collection<VersionDocument>('meta').findOne({ _id: 'version' });
      return counter?.value ?? null;
    } finally {
      await store.close();
    }
  } catch {
    return null;
  }
}

/**
 * Looks at the first page of a file.
 * @throws NetgoatError usage: it cannot be read, or is no store.
 */
export async function requireBackup(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    throw new NetgoatError('usage', `cannot read ${file}: ${(error as Error).message}`, { cause: error });
  });
  if (!found.isFile()) {
    throw new NetgoatError('usage', `${file} is not a file`, { hint: NAME_ONE });
  }
  if (readHeader(file)) return;
  throw new NetgoatError('usage', `${file} is not a backup of netgoat`, { hint: NAME_ONE });
}

function readHeader(file: string): boolean {
  try {
    return hasHeader(file);
  } catch (error) {
    throw new NetgoatError('usage', `cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Removes what restores that were killed have left. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = WAITING.exec(name.replace(/\.mdb$/, ''))?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
