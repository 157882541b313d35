import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetgoatError } from '../errors.ts';
import { isAlive } from './process-alive.ts';

/*
 * Who has a store open, so that its files are not exchanged under them.
 *
 * Each process that opens a store makes an empty file `netgoat-PID-….open` in its folder before it touches the data;
 * one that exchanges the data makes a `netgoat-PID-….restore`. Each looks for the files of others only when its own is
 * there, and steps back if it finds one it cannot go with. So of two that come at the same moment at least one sees the
 * other: if neither did, each would have made its file after the other had looked, and looked after making its own. A
 * file of a process that is gone counts for nothing, so one that is killed blocks nobody.
 *
 * LMDB's own lock, on lock.mdb, would tell the same but cannot be asked for; its table of readers knows a process only
 * after its first read.
 */

type Role = 'open' | 'restore';

const NAME = /^netgoat-(\d+)-[0-9a-f]+\.(open|restore)$/;
/** An exchange is two renames; what lasts longer is worth a message. */
const PATIENCE_MS = 5_000;
const POLL_MS = 25;

/** That this process has a store open, or exchanges it; until it leaves. */
export interface Presence {
  readonly name: string;
  leave(): void;
}

/** The names of the files that this process made; another one with its number is of a process before it. */
const own = new Set<string>();

/**
 * Says that this process has the store open, and waits for one that exchanges the files.
 * @throws NetgoatError conflict: that one does not come to an end.
 */
export async function enter(folder: string): Promise<Presence> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    const made = announce(folder, 'open');
    const [restoring] = present(folder, ['restore']);
    if (restoring === undefined) return made;
    made.leave();
    if (Date.now() > giveUp) {
      throw new NetgoatError('conflict', `process ${restoring} is restoring the store in ${folder}`, {
        hint: 'wait until it is done and run the command again',
        details: { processes: [restoring] },
      });
    }
    await sleep(POLL_MS);
  }
}

/**
 * Keeps the store for this process alone, to exchange its files.
 * @throws NetgoatError conflict: another one, which is named, has it open or exchanges it.
 */
export function claim(folder: string): Presence {
  const made = announce(folder, 'restore');
  try {
    refuseOthers(folder, made);
    return made;
  } catch (error) {
    made.leave();
    throw error;
  }
}

/**
 * The same question without keeping the store: for an early answer.
 * @throws NetgoatError conflict: another process has it open or exchanges it.
 */
export function refuseOthers(folder: string, except?: Presence): void {
  const pids = present(folder, ['open', 'restore'], except);
  if (pids.length === 0) return;
  const who = pids.length === 1 ? `process ${pids[0]} has` : `processes ${pids.join(', ')} have`;
  throw new NetgoatError('conflict', `${who} the store in ${folder} open`, {
    hint: `stop ${pids.length === 1 ? 'it' : 'them'} and run the command again`,
    details: { processes: pids },
  });
}

/** The numbers of the other processes that have a store open. */
export function processesIn(folder: string): number[] {
  return present(folder, ['open']).filter((pid) => pid !== process.pid);
}

/** Synchronously, as all of this: every command pays for it, and the thread pool costs more than the calls. */
function announce(folder: string, role: Role): Presence {
  const name = `netgoat-${process.pid}-${randomBytes(4).toString('hex')}.${role}`;
  const path = join(folder, name);
  writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  own.add(name);
  return {
    name,
    leave: () => {
      rmSync(path, { force: true });
      own.delete(name);
    },
  };
}

/** The processes with files of these roles; takes away what dead ones left. */
function present(folder: string, roles: readonly Role[], except?: Presence): number[] {
  const found = new Set<number>();
  for (const name of readdirSync(folder)) {
    const [, digits, role] = NAME.exec(name) ?? [];
    if (digits === undefined) continue;
    const pid = Number(digits);
    if (pid === process.pid ? !own.has(name) : !isAlive(pid)) rmSync(join(folder, name), { force: true });
    else if (name !== except?.name && roles.includes(role as Role)) found.add(pid);
  }
  return [...found].toSorted((a, b) => a - b);
}
