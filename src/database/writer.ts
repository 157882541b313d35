import { hostname } from 'node:os';
import { isAlive } from '../embedded/process-alive.ts';
import type { Writer } from './store.ts';

/** Whether nobody is left to finish what a writer began: its lease ran out, or its process, if of this machine, is gone. */
export function isAbandoned(writer: Writer): boolean {
  if (writer.until.getTime() < Date.now()) return true;
  const [host, pid] = writer.holder.split(':');
  return host === hostname() && !isAlive(Number(pid));
}
