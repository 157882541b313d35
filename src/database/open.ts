import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { NetgoatError } from '../errors.ts';
import { modelsOn } from '../models/registry.ts';
import { translateOpening } from './errors.ts';
import { checkStamp, writeStamp } from './schema-stamp.ts';
import type { Store } from './store.ts';
import type { EmbeddedStore } from '../embedded/open.ts';

/** Which database: a MongoDB URI, or the folder of an embedded store. */
export type Target = { kind: 'mongodb'; uri: string } | { kind: 'embedded'; folder: string };

/**
 * Reads the value of `--db`: `mongodb://…`, `mongodb+srv://…` or `embedded[:path]`.
 * @throws NetgoatError usage: anything else.
 */
export function parseTarget(text: string, env: NodeJS.ProcessEnv): Target {
  if (/^mongodb(\+srv)?:\/\//.test(text)) return { kind: 'mongodb', uri: text };
  if (text === 'embedded') return { kind: 'embedded', folder: dataFolder(env) };
  if (text.startsWith('embedded:') && text.length > 'embedded:'.length) {
    return { kind: 'embedded', folder: resolve(text.slice('embedded:'.length)) };
  }
  throw new NetgoatError('usage', 'the database is neither a MongoDB URI nor embedded[:path]', {
    hint: 'for example mongodb://localhost:27017/netgoat, embedded, or embedded:./data',
  });
}

function dataFolder(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'] ?? homedir();
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? home, 'netgoat', 'store');
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'netgoat', 'store');
  return join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'netgoat', 'store');
}

/** What a person may see of a target: no user name, no password, no options. */
export function describeTarget(target: Target): string {
  if (target.kind === 'embedded') return `the embedded store in ${target.folder}`;
  const match = /^(mongodb(?:\+srv)?:\/\/)(?:[^/]*@)?([^/?]*)(\/[^?]*)?/.exec(target.uri);
  return `MongoDB at ${match?.[2] ?? '(unreadable URI)'}${match?.[3] ?? ''}`;
}

/** Whether a database may be worked with: true if it is stamped, false if it is empty; throws if not. */
type Judge = (connection: Connection) => Promise<boolean>;

/** An open database, and the embedded store that it is in, if it is. */
export interface OpenDatabase {
  store: Store;
  embedded: EmbeddedStore | undefined;
}

/**
 * Opens the database and checks whose it is. Reads need nothing more; a write calls `prepare` first.
 * @throws NetgoatError unreachable (5), conflict (4) for a database that is not ours, usage (2) for a bad URI.
 */
export async function openStore(target: Target): Promise<Store> {
  return (await openDatabase(target, checkStamp)).store;
}

/**
 * Opening a store makes it: who only looks at one is told that there is none.
 * @throws NetgoatError not-found (3).
 */
export async function requireStore(target: Target): Promise<void> {
  if (target.kind === 'mongodb') return;
  const { isStore } = await import('../embedded/files.ts');
  if (await isStore(target.folder)) return;
  throw new NetgoatError('not-found', `there is no store in ${target.folder}`, {
    hint: 'is the path right? The first command that writes makes it',
  });
}

/** As `openStore`; `judge` says which databases are worked with. */
export async function openDatabase(target: Target, judge: Judge): Promise<OpenDatabase> {
  const label = describeTarget(target);
  if (target.kind === 'mongodb') {
    return { store: await connect(target.uri, label, judge), embedded: undefined };
  }
  const { openEmbedded } = await import('../embedded/open.ts');
  const embedded = await openEmbedded(target.folder);
  try {
    return { store: await connect(embedded.uri('netgoat'), label, judge, embedded), embedded };
  } catch (error) {
    await embedded.close();
    throw error;
  }
}

async function connect(uri: string, label: string, judge: Judge, embedded?: EmbeddedStore): Promise<Store> {
  const connection = mongoose.createConnection();
  try {
    await connection.openUri(uri, {
      dbName: databaseName(uri),
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      serverSelectionTimeoutMS: 3_000,
      connectTimeoutMS: 3_000,
      appName: 'netgoat',
    });
    const transactions = embedded !== undefined || (await hasTransactions(connection));
    let stamped = await judge(connection);
    return {
      models: modelsOn(connection),
      connection,
      label,
      made: embedded?.made ?? false,
      transactions,
      prepare: async () => {
        if (!stamped) await writeStamp(connection);
        stamped = true;
      },
      close: async () => {
        await close(connection);
        await embedded?.close();
      },
    };
  } catch (error) {
    await close(connection);
    throw translateOpening(error, label);
  }
}

/** Asks by the older name of `hello`: every MongoDB answers it, and so do look-alikes that lack the newer. */
async function hasTransactions(connection: Connection): Promise<boolean> {
  const hello = await connection.db!.command({ isMaster: 1 });
  return 'setName' in hello || hello['msg'] === 'isdbgrid';
}

/** The database a URI names, else `netgoat`. */
function databaseName(uri: string): string {
  const path = /^[^:]+:\/\/[^/]+\/([^?]*)/.exec(uri)?.[1];
  return path ? decodeURIComponent(path) : 'netgoat';
}

async function close(connection: Connection): Promise<void> {
  await connection.close(true).catch(() => undefined);
}
