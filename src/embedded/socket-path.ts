import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './process-alive.ts';

/** Unix takes socket paths of 107 bytes, macOS of 103. */
const MAX_PATH = 100;
const NAME = /^netgoat-(\d+)-\d+\.sock$/;
let opened = 0;

/** Where to listen, and what to remove at the end. */
export interface SocketPath {
  readonly path: string;
  remove(): Promise<void>;
}

/** A socket path in the store's folder, or in a fresh temporary folder (made 0700) if that path is too long. */
export async function socketPath(folder: string): Promise<SocketPath> {
  const name = `netgoat-${process.pid}-${++opened}.sock`;
  const path = join(folder, name);
  if (Buffer.byteLength(path) < MAX_PATH) return { path, remove: () => rm(path, { force: true }) };
  const temporary = await mkdtemp(join(tmpdir(), 'netgoat-'));
  return { path: join(temporary, name), remove: () => rm(temporary, { recursive: true, force: true }) };
}

/** Removes the sockets that killed processes left in a store's folder. */
export async function removeStaleSockets(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
}
