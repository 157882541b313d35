import { realpath, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NetgoatError } from '../../errors.ts';
import { checkTarget, orExplain, writeWhole } from '../../whole-file.ts';
import { openDatabase } from '../open.ts';
import type { Target } from '../open.ts';
import { checkOwner } from '../schema-stamp.ts';
import { checkCopy, copyFolder, removeOnSignal, takeOut } from './copies.ts';
import type { CopyFacts } from './copies.ts';

/** What a backup is of, and where it is. */
export interface Backup extends CopyFacts {
  database: string;
  file: string;
  bytes: number;
}

/** A backup, and what a check of it found that is no damage. */
export interface CheckedBackup {
  backup: Backup;
  warnings: string[];
}

/**
 * Copies a store that others may be writing to into one file, without free pages; the copy is checked before it gets
 * its name.
 * @param path absolute.
 * @throws NetgoatError as `writeWhole`; finding: the store is damaged, and so would be the backup.
 */
export async function backUp(
  target: Target & { kind: 'embedded' },
  path: string,
  options: { force: boolean },
): Promise<CheckedBackup> {
  await checkTarget(path, options.force);
  await refuseInside(path, target.folder);
  const { store, embedded } = await openDatabase(target, async (connection) => {
    return (await checkOwner(connection)) !== null;
  });
  let checked: Awaited<ReturnType<typeof checkCopy>> | undefined;
  try {
    const fill = async (temporary: string): Promise<void> => {
      const folder = `${temporary}.d`;
      const done = removeOnSignal(folder);
      try {
        await orExplain(path, () => copyFolder(folder));
        await orExplain(path, () => embedded!.store.environment.copyTo(folder));
        checked = await checkCopy(folder, store.label).catch(explainDamage);
        await orExplain(path, () => takeOut(folder, temporary));
      } finally {
        await rm(folder, { recursive: true, force: true });
        done();
      }
    };
    await writeWhole(path, fill, options);
    const { facts, warnings } = checked!;
    const { size: bytes } = await stat(path);
    return { backup: { database: store.label, file: path, bytes, ...facts }, warnings };
  } finally {
    await store.close();
  }
}

/** With --force, a backup could be given the name of the very data it is of. */
async function refuseInside(path: string, folder: string): Promise<void> {
  const [above, store] = await Promise.all(
    [dirname(path), folder].map((each) => realpath(each).catch(() => each)),
  );
  if (above !== store) return;
  throw new NetgoatError('usage', `${path} is in the folder of the store itself`, {
    hint: 'name a file elsewhere, at best on another disk',
  });
}

function explainDamage(error: unknown): never {
  if (!(error instanceof NetgoatError) || error.code !== 'finding') throw error;
  throw new NetgoatError('finding', error.message, {
    hint: 'no backup was written; `netgoat db check` shows all of it. Keep a copy of the folder as it is',
    ...(error.details ? { details: error.details } : {}),
    cause: error,
  });
}
