import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import type { Connection } from 'mongoose';
import type { ChangeSet } from '../../models/change-set.ts';
import { DATA_FILE } from '../../embedded/files.ts';
import { processesIn } from '../../embedded/presence.ts';
import type { OpenDatabase, Target } from '../open.ts';
import { readStamp, SCHEMA_VERSION } from '../schema-stamp.ts';
import type { Stamp } from '../schema-stamp.ts';
import type { Store, VersionDocument, Writer } from '../store.ts';
import { isAbandoned } from '../writer.ts';

/** One collection of a database, and how many documents it has. */
export interface CollectionCount {
  name: string;
  documents: number;
}

/** What a database is, and how it fares. */
export interface Status {
  database: string;
  kind: string;
  /** The version that the server says; null for the embedded store. */
  server: string | null;
  /** `replica set rs0`, `sharded cluster` or `standalone`; null for the embedded store. */
  deployment: string | null;
  transactions: boolean;
  /** Null for a database that nobody has written to. */
  schema: (Omit<Stamp, '_id' | 'schema'> & { version: number; current: number }) | null;
  /** The layout of the embedded store's files. */
  format: number | null;
  /** Bytes on disk; null where the server does not say. */
  size: number | null;
  version: number;
  /** Its `version` is the one that it writes; null where nothing of it is recorded yet. */
  writer: { set: string; version: number | null; holder: string; until: Date; alive: boolean } | null;
  /** Other processes that have the embedded store open. */
  processes: number[] | null;
  collections: CollectionCount[];
}

type Reply = Record<string, unknown>;

/** Reads what there is to say of a database, in a few trips; a server that lacks a command leaves its part empty. */
export async function statusOf(target: Target, { store, embedded }: OpenDatabase): Promise<Status> {
  const { connection, label, transactions } = store;
  const meta = connection.collection<VersionDocument>('meta');
  const version = await meta.findOne({ _id: 'version' });
  return {
    database: label,
    ...(target.kind === 'embedded'
      ? { kind: 'embedded', server: null, deployment: null }
      : await serverOf(connection)),
    transactions,
    schema: schemaOf(await readStamp(connection)),
    format: embedded?.format ?? null,
    size: target.kind === 'embedded' ? await sizeOf(target.folder) : await sizeOn(connection),
    version: version?.value ?? 0,
    writer: await writerOf(store, version?.writer ?? null),
    processes: target.kind === 'embedded' ? processesIn(target.folder) : null,
    collections: await countsOf(connection),
  };
}

async function serverOf(connection: Connection): Promise<Pick<Status, 'kind' | 'server' | 'deployment'>> {
  const { version, modules } = await ask(connection, { buildInfo: 1 });
  const { setName, msg } = await ask(connection, { isMaster: 1 });
  const embedded = Array.isArray(modules) && modules.includes('netgoat-embedded');
  return {
    kind: embedded ? 'embedded, served by netgoat-mongod' : 'MongoDB',
    server: typeof version === 'string' ? version : null,
    deployment:
      typeof setName === 'string'
        ? `replica set ${setName}`
        : msg === 'isdbgrid'
          ? 'sharded cluster'
          : 'standalone',
  };
}

async function ask(connection: Connection, command: Reply): Promise<Reply> {
  return connection.db!.command(command).catch(() => ({}));
}

function schemaOf(stamp: Stamp | null): Status['schema'] {
  if (stamp === null) return null;
  const { _id, schema, ...made } = stamp;
  return { version: schema, current: SCHEMA_VERSION, ...made };
}

async function sizeOf(folder: string): Promise<number> {
  return (await stat(join(folder, DATA_FILE))).size;
}

async function sizeOn(connection: Connection): Promise<number | null> {
  const { storageSize, indexSize } = await ask(connection, { dbStats: 1 });
  return typeof storageSize === 'number' && typeof indexSize === 'number' ? storageSize + indexSize : null;
}

async function writerOf({ models }: Store, writer: Writer | null): Promise<Status['writer']> {
  if (writer === null) return null;
  const { set, holder, until } = writer;
  const recorded = await models.ChangeSet.findById(set, { version: 1 }).lean<ChangeSet>();
  return {
    set: String(set),
    version: recorded?.version ?? null,
    holder,
    until,
    alive: !isAbandoned(writer),
  };
}

async function countsOf(connection: Connection): Promise<CollectionCount[]> {
  const names = (await connection.listCollections()).map(({ name }) => name).toSorted();
  return Promise.all(
    names
      .filter((name) => !name.startsWith('system.'))
      .map(async (name) => ({
        name,
        documents: await connection.collection(name).estimatedDocumentCount(),
      })),
  );
}
