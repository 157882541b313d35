import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { inject } from 'vitest';
import { openEmbedded } from '../../src/embedded/open.ts';

/** What a store of the suite may lack; a test that needs it is skipped there, by this name. */
export type Feature =
  | 'transactions'
  | 'embedded'
  | 'partial indexes'
  | 'explain'
  | 'index order'
  | 'upsert atomicity'
  | 'full errors'
  | 'field order'
  | 'all projection operators'
  | 'all aggregation operators'
  | 'all update operators'
  | 'update pipelines'
  | 'exact comparison';

/** A connection to a fresh database of a target. */
export interface Opened {
  readonly connection: Connection;
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
    has: () => true,
    close: async () => {
      await connection.close();
      await store.close();
      await folder.remove();
    },
  };
}

async function openServer(base: string): Promise<Opened> {
  const name = databaseName();
  const uri = new URL(base);
  uri.pathname = `/${name}`;
  const connection = await mongoose.createConnection(uri.href).asPromise();
  // the look-alike does not even know hello
  const reply = await connection.db?.command({ hello: 1 }).catch(() => undefined);
  const standalone = reply?.['setName'] === undefined;
  const build = await connection.db?.command({ buildInfo: 1 });
  const own = (build?.['modules'] as string[] | undefined)?.includes('netgoat-embedded') === true;
  return {
    connection,
    has: (feature) => own || (!standalone && feature !== 'embedded'),
    close: async () => {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}

/** `embedded`, or the URI of the server that this run of the suite is about. */
export const STORE = inject('store');

/** Opens a fresh database of the store that this run is about. */
export function openTarget(): Promise<Opened> {
  return STORE === 'embedded' ? openEmbeddedTarget() : openServer(STORE);
}
