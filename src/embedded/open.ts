import { resolve } from 'node:path';
import { NetgoatError } from '../errors.ts';
import type { Engine } from './commands/command.ts';
import { checkFiles, makeFolder } from './files.ts';
import { enter, type Presence } from './presence.ts';
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
const SWEEP_MS = 60_000;

/** An opened store: what to connect Mongoose to. */
export interface EmbeddedStore {
  /** What maintenance works on, beside those who are connected. */
  readonly store: Store;
  /** The layout of its files. */
  readonly format: number;
  /** True if there was none, and this opening made it. */
  readonly made: boolean;
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
  const { environment, presence, made } = await openEnvironment(path);
  const socket = served ? undefined : await socketPath(path);
  const store = new Store(environment);
  const at = served ?? socket!;
  const address = 'path' in at ? at.path : `${at.host}:${at.port}`;
  const engine: Engine = {
    store,
    cursors: new Cursors(),
    sessions: new Sessions(store),
    address,
    ...(served ?? { setName: 'netgoat' }),
  };
  const server = await listen(engine, at).catch(async (error: unknown) => {
    await environment.close();
    await socket?.remove();
    presence.leave();
    throw served
      ? new NetgoatError('unreachable', `cannot listen on ${address}: ${reasonOf(error)}`, { cause: error })
      : unreachable(path, error);
  });
  const sweeper = setInterval(() => void sweep(engine), SWEEP_MS);
  sweeper.unref();
  return {
    store,
    format: FORMAT,
    made,
    uri: (database) =>
      `mongodb://${served ? address : encodeURIComponent(address)}/${database}?directConnection=true`,
    close: async () => {
      clearInterval(sweeper);
      await server.close();
      await shutDown(engine, socket);
      presence.leave();
    },
  };
}

interface Held {
  environment: Environment;
  presence: Presence;
  made: boolean;
}

async function openEnvironment(path: string): Promise<Held> {
  let presence: Presence | undefined;
  try {
    await makeFolder(path);
    presence = await enter(path);
    await checkFiles(path);
    const environment = await Environment.open(path);
    const made = await stamp(environment, path);
    await removeStaleSockets(path);
    return { environment, presence, made };
  } catch (error) {
    presence?.leave();
    throw error instanceof NetgoatError ? error : unreachable(path, error);
  }
}

/** Writes the format into a new store and says that it is new; refuses one of a newer netgoat. */
async function stamp(environment: Environment, path: string): Promise<boolean> {
  const format = environment.catalog.getBinary(FORMAT_KEY)?.readUInt32BE(0);
  if (format === undefined) {
    await environment.write(() => environment.catalog.putSync(FORMAT_KEY, uint32(FORMAT)));
    return true;
  }
  if (format > FORMAT) {
    await environment.close();
    throw new NetgoatError(
      'unreachable',
      `the store in ${path} was made by a newer netgoat (format ${format})`,
      {
        hint: 'update netgoat, or name another folder with --db embedded:PATH',
      },
    );
  }
  return false;
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

async function shutDown({ store, cursors, sessions }: Engine, socket?: SocketPath): Promise<void> {
  cursors.expire(true);
  sessions.expire(true);
  if (store.environment.isWritten) await removeExpired(store).catch(() => undefined);
  await store.environment.close();
  await socket?.remove();
}
