import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { openEmbedded } from '../../src/embedded/open.ts';

/** What a server may lack; a test that needs it is skipped there, by this name. */
export type Feature =
  | 'transactions'
  | 'embedded'
  | 'partial indexes'
  | 'TTL'
  | 'explain'
  | 'index order'
  | 'decimal128'
  | 'arrayFilters'
  | 'positional by $elemMatch'
  | 'upsert atomicity'
  | 'full errors';

/** A store that the conformance suite runs against. */
export interface Target {
  readonly name: string;
  /** Opens a database of its own for one test file. */
  open(): Promise<Opened>;
}

/** A connection to a fresh database of a target. */
export interface Opened {
  readonly connection: Connection;
  readonly uri: string;
  /** Whether the store has a feature. */
  has(feature: Feature): boolean;
  close(): Promise<void>;
}

let databases = 0;

function databaseName(): string {
  return `conformance_${process.pid}_${Date.now().toString(36)}_${++databases}`;
}

/** A fresh temporary folder, and how to remove it. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'netgoat-store-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

async function openEmbeddedTarget(): Promise<Opened> {
  const folder = await temporaryFolder();
  const store = await openEmbedded(folder.path);
  const uri = store.uri(databaseName());
  const connection = await mongoose.createConnection(uri).asPromise();
  return {
    connection,
    uri,
    has: () => true,
    close: async () => {
      await connection.close();
      await store.close();
      await folder.remove();
    },
  };
}

/** What a server without a replica set name, the look-alike of others, does not do or does otherwise. */
const STANDALONE_LACKS: ReadonlySet<Feature> = new Set([
  'transactions',
  'embedded',
  'partial indexes',
  'TTL',
  'explain',
  'index order',
  'decimal128',
  'arrayFilters',
  'positional by $elemMatch',
  'upsert atomicity',
  'full errors',
]);

async function openServer(base: string): Promise<Opened> {
  const name = databaseName();
  const uri = new URL(base);
  uri.pathname = `/${name}`;
  const connection = await mongoose.createConnection(uri.href).asPromise();
  const reply = await connection.db?.command({ hello: 1 });
  const standalone = reply?.['setName'] === undefined;
  return {
    connection,
    uri: uri.href,
    has: (feature) => (standalone ? !STANDALONE_LACKS.has(feature) : feature !== 'embedded'),
    close: async () => {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}

const SERVERS = (process.env['NETGOAT_TEST_MONGODB_URI'] ?? '').split(',').filter((uri) => uri !== '');

/** The embedded store, and every server that NETGOAT_TEST_MONGODB_URI names. */
export const TARGETS: readonly Target[] = [
  { name: 'embedded', open: openEmbeddedTarget },
  ...SERVERS.map((uri) => ({ name: new URL(uri).host, open: () => openServer(uri) })),
];
