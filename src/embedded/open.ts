import type { Stats } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetgoatError } from '../errors.ts';
import type { Engine } from './commands/command.ts';
import { removeStaleSockets, socketPath, type SocketPath } from './socket-path.ts';
import { uint32 } from './store/bytes.ts';
import { Cursors } from './store/cursors.ts';
import { Environment } from './store/environment.ts';
import { removeExpired } from './store/expiry.ts';
import { Sessions } from './store/sessions.ts';
import { Store } from './store/store.ts';
import { listen } from './wire/server.ts';

/** The layout of the files. A store with a higher number was made by a newer netgoat. */
const FORMAT = 1;
const FORMAT_KEY = 'format';
const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';
const HEADER_BYTES = 64;
/** 0xBEEFC0DE in the byte order of the machine, in LMDB's first page. */
const LMDB_MAGIC = Buffer.from(endianness() === 'LE' ? 'dec0efbe' : 'beefc0de', 'hex');
const SWEEP_MS = 60_000;
/** How long a store may be half made before it counts as damaged. */
const MAKING_MS = 2_000;
const POLL_MS = 50;

/** An opened store: what to connect Mongoose to. */
export interface EmbeddedStore {
  /** The URI of a database of the store; it works in this process, while the store is open. */
  uri(database: string): string;
  /** Waits until everything written is on the disk, and lets go of the files and the socket. */
  close(): Promise<void>;
}

/** How others reach a store: the address, the replica set it says it is, and what ends the process. */
export interface Served {
  readonly host: string;
  readonly port: number;
  readonly setName: string | undefined;
  stop(): void;
}

/**
 * Opens the store in a folder, which is made, with mode 0700, if it is missing. Several processes may have one store
 * open. Throws NetgoatError `unreachable` if the folder cannot be used, holds no store, or one of a newer netgoat.
 * It is there for this process alone, unless it is to be served.
 */
export async function openEmbedded(folder: string, served?: Served): Promise<EmbeddedStore> {
  const path = resolve(folder);
  const environment = await openEnvironment(path);
  const socket = await socketPath(path);
  const store = new Store(environment);
  const address = served ? `${served.host}:${served.port}` : socket.path;
  const engine: Engine = {
    store,
    cursors: new Cursors(),
    sessions: new Sessions(store),
    address,
    ...(served ?? { setName: 'netgoat' }),
  };
  const server = await listen(engine, served ?? socket).catch(async (error: unknown) => {
    await environment.close();
    throw served
      ? new NetgoatError('unreachable', `cannot listen on ${address}: ${reasonOf(error)}`, { cause: error })
      : unreachable(path, error);
  });
  const sweeper = setInterval(() => void sweep(engine), SWEEP_MS);
  sweeper.unref();
  return {
    uri: (database) =>
      `mongodb://${served ? address : encodeURIComponent(address)}/${database}?directConnection=true`,
    close: async () => {
      clearInterval(sweeper);
      await server.close();
      await shutDown(engine, socket);
    },
  };
}

async function openEnvironment(path: string): Promise<Environment> {
  try {
    await makeFolder(path);
    await checkFiles(path);
    const environment = new Environment(path);
    await stamp(environment, path);
    await removeStaleSockets(path);
    return environment;
  } catch (error) {
    throw error instanceof NetgoatError ? error : unreachable(path, error);
  }
}

/** Node's own `recursive` never ends where the system says that a folder cannot be made in one that is there: /proc. */
async function makeFolder(path: string): Promise<void> {
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

/** A store that lost its data must not pass for a new one, and LMDB crashes on a file that is not its own. */
async function checkFiles(path: string): Promise<void> {
  const giveUp = Date.now() + MAKING_MS;
  for (;;) {
    const state = await stateOf(path);
    if (state === 'fine') return;
    if (Date.now() < giveUp) {
      await sleep(POLL_MS);
      continue;
    }
    throw new NetgoatError('unreachable', `the store in ${path} is damaged: ${DATA_FILE} is ${state}`, {
      hint: `put back a copy of ${DATA_FILE}, or move the folder away to begin a new store`,
    });
  }
}

/** The lock file comes first, then the data file, then what is in it: another process may be at it just now. */
async function stateOf(path: string): Promise<'fine' | 'empty' | 'missing'> {
  const handle = await open(join(path, DATA_FILE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return (await found(join(path, LOCK_FILE))) ? 'missing' : 'fine';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    if (bytesRead === 0) return 'empty';
    if (!buffer.includes(LMDB_MAGIC)) throw new Error(`${DATA_FILE} is not a netgoat store`);
    return 'fine';
  } finally {
    await handle.close();
  }
}

/** Writes the format into a new store; refuses one that is newer. */
async function stamp(environment: Environment, path: string): Promise<void> {
  const format = environment.catalog.getBinary(FORMAT_KEY)?.readUInt32BE(0);
  if (format === undefined) {
    await environment.write(() => environment.catalog.putSync(FORMAT_KEY, uint32(FORMAT)));
  } else if (format > FORMAT) {
    await environment.close();
    throw new NetgoatError(
      'unreachable',
      `the store in ${path} was made by a newer netgoat (format ${format})`,
      {
        hint: 'update netgoat, or name another folder with --db embedded:PATH',
      },
    );
  }
}

function unreachable(path: string, error: unknown): NetgoatError {
  return new NetgoatError('unreachable', `cannot open the embedded store in ${path}: ${reasonOf(error)}`, {
    hint: 'check that the folder is writable and holds a netgoat store, or name another with --db embedded:PATH',
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function sweep({ store, cursors, sessions }: Engine): Promise<void> {
  cursors.expire();
  sessions.expire();
  // a full disk or a busy one: the next sweep tries again
  await removeExpired(store).catch(() => undefined);
}

async function shutDown({ store, cursors, sessions }: Engine, socket: SocketPath): Promise<void> {
  cursors.expire(true);
  sessions.expire(true);
  await removeExpired(store).catch(() => undefined);
  await store.environment.close();
  await socket.remove();
}
