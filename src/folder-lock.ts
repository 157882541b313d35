import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './embedded/process-alive.ts';
import { NetgoatError } from './errors.ts';

const NAME = /^netgoat-(\d+)-[0-9a-f]{8}\.lock$/;

/** The files that this process made; another one with its number is of a process before it. */
const own = new Set<string>();

/**
 * Keeps a folder for its caller alone. Each makes a file of its own before it looks for those of others, so of two that
 * come at the same moment at least one steps back; a file of a process that is gone counts for nothing.
 * @param folder absolute, and there.
 * @returns what gives it free again.
 * @throws NetgoatError conflict: a process that runs, which is named, keeps it; usage: nothing can be written there.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, `netgoat-${process.pid}-${randomBytes(4).toString('hex')}.lock`);
  const unlock = (): void => {
    rmSync(path, { force: true });
    own.delete(path);
  };
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
    own.add(path);
    refuseOthers(folder, path);
    return unlock;
  } catch (error) {
    unlock();
    if (error instanceof NetgoatError) throw error;
    const { message } = error as Error;
    throw new NetgoatError('usage', `the folder ${folder} cannot be used: ${message}`, { cause: error });
  }
}

function refuseOthers(folder: string, mine: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid === 0 || path === mine) continue;
    if (pid === process.pid ? own.has(path) : isAlive(pid)) {
      throw new NetgoatError('conflict', `${folder} is in use by process ${pid}`, {
        hint: `use another folder, or end that process; if it is none of netgoat, remove ${path}`,
        details: { processes: [pid] },
      });
    }
    rmSync(path, { force: true });
  }
}
