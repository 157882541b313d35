import type { Connection } from 'mongoose';
import { NetgoatError } from '../errors.ts';
import { modelNames, modelsOn } from '../models/registry.ts';

/** Raised when an index or the form of a document changes; `db upgrade` brings an older store here. */
const SCHEMA_VERSION = 1;

interface Stamp {
  _id: 'schema';
  schema: number;
  createdBy: string;
  createdAt: Date;
}

type Meta = { _id: string } & Record<string, unknown>;

/**
 * Reads the stamp of the database.
 * @returns true if it is ours and of this schema version, false if the database is empty.
 * @throws NetgoatError conflict: a non-empty database of somebody else's, or of another schema version.
 */
export async function checkStamp(connection: Connection): Promise<boolean> {
  const stamp = (await connection.collection<Meta>('meta').findOne({ _id: 'schema' })) as Stamp | null;
  if (stamp === null) return refuseForeign(connection);
  if (stamp.schema === SCHEMA_VERSION) return true;
  throw new NetgoatError(
    'conflict',
    `the database has schema ${stamp.schema}, this netgoat works with ${SCHEMA_VERSION}`,
    {
      hint:
        stamp.schema < SCHEMA_VERSION
          ? 'a backup, then `netgoat db upgrade`, brings it up to date'
          : 'it was made by a newer netgoat: use that one',
    },
  );
}

async function refuseForeign(connection: Connection): Promise<false> {
  const [collection] = (await connection.listCollections()).filter(({ name }) => !name.startsWith('system.'));
  if (collection === undefined) return false;
  throw new NetgoatError(
    'conflict',
    `the database "${connection.name}" holds "${collection.name}" but no stamp of netgoat: it belongs to something else`,
    { hint: 'name a database of its own in the URI, for example mongodb://host/netgoat' },
  );
}

/** Makes every index, the version counter and, last, the stamp: an interrupted start is simply done again. */
export async function writeStamp(connection: Connection): Promise<void> {
  const models = modelsOn(connection);
  const meta = connection.collection<Meta>('meta');
  await meta.updateOne({ _id: 'version' }, { $setOnInsert: { value: 0, writer: null } }, { upsert: true });
  for (const name of modelNames) await models[name].createIndexes();
  const stamp = { schema: SCHEMA_VERSION, createdBy: 'netgoat', createdAt: new Date() };
  await meta.updateOne({ _id: 'schema' }, { $setOnInsert: stamp }, { upsert: true });
}
