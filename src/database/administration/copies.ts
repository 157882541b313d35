import { constants, rmSync } from 'node:fs';
import { chmod, copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_FILE } from '../../embedded/files.ts';
import { NetgoatError } from '../../errors.ts';
import type { Target } from '../open.ts';
import { checkDatabase } from './check.ts';
import type { Check } from './check.ts';

/** What a copy of a store holds. */
export interface CopyFacts {
  version: number;
  /** The schema; null of a store that nobody has written to. */
  schema: number | null;
  documents: number;
}

/** A copy that is whole; `warnings` says what else a check found, such as an older schema. */
interface CheckedCopy {
  facts: CopyFacts;
  warnings: string[];
}

/** Makes a folder for one copy that only its owner can read; a file is copied into it, if one is named. */
export async function copyFolder(folder: string, from?: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (from !== undefined) await copyFile(from, join(folder, DATA_FILE), constants.COPYFILE_FICLONE);
}

/**
 * Removes a folder if the process is interrupted: a copy of everything is not left lying about. The signal then does
 * what it does.
 * @returns what takes that back, once the folder is gone.
 */
export function removeOnSignal(folder: string): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const remove = (signal: NodeJS.Signals): void => {
    keep();
    rmSync(folder, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  const keep = (): void => {
    for (const signal of signals) process.off(signal, remove);
  };
  for (const signal of signals) process.on(signal, remove);
  return keep;
}

/** Takes the data out of a folder to be a file that only its owner can read, on disk. */
export async function takeOut(folder: string, path: string): Promise<void> {
  const data = join(folder, DATA_FILE);
  await chmod(data, 0o600);
  const handle = await open(data, 'r+');
  await handle.sync().finally(() => handle.close());
  await rename(data, path);
  await rm(folder, { recursive: true, force: true });
}

/**
 * Checks the copy in a folder as `db check` would.
 * @param name what people know it by.
 * @throws NetgoatError usage: it is no store of ours, or one of a newer netgoat; finding: it is damaged.
 */
export async function checkCopy(folder: string, name: string): Promise<CheckedCopy> {
  const check = await checked({ kind: 'embedded', folder }, name);
  const [first] = check.findings;
  if (check.damaged && first !== undefined) {
    const more = check.findings.length === 1 ? '' : ` (and ${check.findings.length - 1} more)`;
    throw new NetgoatError('finding', `${name} is damaged: ${first.where}: ${first.what}${more}`, {
      details: { findings: check.findings },
    });
  }
  const documents = check.collections.reduce((sum, each) => sum + each.documents, 0);
  const warnings = check.findings.map(({ where, what, next }) => `${where}: ${what} (${next})`);
  return { facts: { version: check.version ?? 0, schema: check.schema, documents }, warnings };
}

async function checked(target: Target & { kind: 'embedded' }, name: string): Promise<Check> {
  try {
    return await checkDatabase(target, name);
  } catch (error) {
    if (!(error instanceof NetgoatError) || (error.code !== 'unreachable' && error.code !== 'conflict')) {
      throw error;
    }
    const reason = error.message
      .replaceAll(`the store in ${target.folder}`, name)
      .replaceAll(target.folder, name);
    throw new NetgoatError('usage', `${name} cannot be used: ${reason}`, {
      hint: error.code === 'conflict' ? (error.hint ?? '') : 'name a file that `netgoat db backup` made',
      cause: error,
    });
  }
}
