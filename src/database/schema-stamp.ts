import type { Connection } from 'mongoose';
import { NetgoatError } from '../errors.ts';
import { modelNames, modelsOn } from '../models/registry.ts';

/** Raised when an index or the form of a document changes; `db upgrade` brings an older store here. */
export const SCHEMA_VERSION = 3;
/** A database that is being made: its indexes may not all be there, and nothing else is. */
const UNFINISHED = 0;

/** The document of `meta` that says whose database it is. */
export interface Stamp {
  _id: 'schema';
  schema: number;
  /** The netgoat that made the database. */
  createdBy: string;
  createdAt: Date;
  /** The last netgoat that raised `schema`. */
  upgradedBy?: string;
  upgradedAt?: Date;
}

type Meta = { _id: string } & Record<string, unknown>;

/** The stamp of the database; null where there is none. */
export async function readStamp(connection: Connection): Promise<Stamp | null> {
  return (await connection.collection<Meta>('meta').findOne({ _id: 'schema' })) as Stamp | null;
}

/**
 * Reads the stamp of the database.
 * @returns true if it is ours and of this schema version, false if the database is empty or has yet to be finished.
 * @throws NetgoatError conflict: a non-empty database of somebody else's, or of another schema version.
 */
export async function checkStamp(connection: Connection): Promise<boolean> {
  const stamp = await checkOwner(connection);
  if (stamp === null || stamp.schema === UNFINISHED) return false;
  if (stamp.schema === SCHEMA_VERSION) return true;
  throw new NetgoatError(
    'conflict',
    `the database has schema ${stamp.schema}, this netgoat works with ${SCHEMA_VERSION}`,
    { hint: 'a backup, then `netgoat db upgrade`, brings it up to date' },
  );
}

/**
 * The stamp of a database that is ours, be it an older one; null for an empty one.
 * @throws NetgoatError conflict: a non-empty database of somebody else's, or one of a newer netgoat.
 */
export async function checkOwner(connection: Connection): Promise<Stamp | null> {
  const stamp = await readStamp(connection);
  if (stamp === null) await refuseForeign(connection);
  if (stamp === null || stamp.schema <= SCHEMA_VERSION) return stamp;
  throw new NetgoatError(
    'conflict',
    `the database has schema ${stamp.schema}, this netgoat works with ${SCHEMA_VERSION}`,
    { hint: `it was made by a newer netgoat (${stamp.upgradedBy ?? stamp.createdBy}): use that one` },
  );
}

async function refuseForeign(connection: Connection): Promise<void> {
  const [collection] = (await connection.listCollections()).filter(({ name }) => !name.startsWith('system.'));
  if (collection === undefined) return;
  throw new NetgoatError(
    'conflict',
    `the database "${connection.name}" holds "${collection.name}" but no stamp of netgoat: it belongs to something else`,
    { hint: 'name a database of its own in the URI, for example mongodb://host/netgoat' },
  );
}

/**
 * Makes every index and the version counter between a stamp that says so and the one that says it is done: what is
 * interrupted is ours, and is simply done again.
 */
export async function writeStamp(connection: Connection): Promise<void> {
  const meta = connection.collection<Meta>('meta');
  const stamp = { schema: UNFINISHED, createdBy: await thisNetgoat(), createdAt: new Date() };
  await meta.updateOne({ _id: 'schema' }, { $setOnInsert: stamp }, { upsert: true });
  await makeIndexes(connection);
  await meta.updateOne({ _id: 'schema', schema: UNFINISHED }, { $set: { schema: SCHEMA_VERSION } });
}

/** Makes the version counter and the indexes of every model; those that are there stay. */
export async function makeIndexes(connection: Connection): Promise<void> {
  const models = modelsOn(connection);
  const version = { $setOnInsert: { value: 0, writer: null } };
  await connection.collection<Meta>('meta').updateOne({ _id: 'version' }, version, { upsert: true });
  for (const name of modelNames) await models[name].createIndexes();
}

/** Says that the database has come from one schema to another; nothing happens if somebody else said so before. */
export async function raiseStamp(connection: Connection, from: number, to: number): Promise<void> {
  const raised = { schema: to, upgradedBy: await thisNetgoat(), upgradedAt: new Date() };
  await connection
    .collection<Meta>('meta')
    .updateOne({ _id: 'schema', schema: from }, { $set: raised as Record<string, unknown> });
}

async function thisNetgoat(): Promise<string> {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  return `netgoat ${manifest.version}`;
}
