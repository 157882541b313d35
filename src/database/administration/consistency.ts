import type { ChangeSet } from '../../models/change-set.ts';
import { lackingIndexes } from '../indexes.ts';
import { readStamp, SCHEMA_VERSION } from '../schema-stamp.ts';
import type { Stamp } from '../schema-stamp.ts';
import type { Store, VersionDocument } from '../store.ts';
import { isAbandoned } from '../writer.ts';
import type { Finding } from './finding.ts';
import { danglingReferences } from './references.ts';

const UPGRADE = 'run `netgoat db upgrade`';

/** What is wrong with what netgoat keeps, on any database: the stamp, indexes, history, references. */
export async function* consistencyOf(store: Store): AsyncGenerator<Finding> {
  const stamp = await readStamp(store.connection);
  // An empty database: the first write makes all of it.
  if (stamp === null) return;
  yield* stampFindings(stamp);
  yield* indexFindings(store);
  yield* historyFindings(store);
  yield* danglingReferences(store);
}

function* stampFindings({ schema }: Stamp): Generator<Finding> {
  if (schema === SCHEMA_VERSION) return;
  const what = `the schema is ${schema}, this netgoat works with ${SCHEMA_VERSION}`;
  yield { level: 'warning', where: 'meta', what, next: UPGRADE };
}

async function* indexFindings({ connection }: Store): AsyncGenerator<Finding> {
  for (const { collection, name, differs } of await lackingIndexes(connection)) {
    const where = `${collection}.${name}`;
    yield differs
      ? { level: 'error', where, what: 'the index is not as declared', next: `drop it, then ${UPGRADE}` }
      : { level: 'warning', where, what: 'the index is missing', next: UPGRADE };
  }
}

/** History first, then the counter: it is raised with a set or after it, and never lowered. */
async function* historyFindings({ connection, models }: Store): AsyncGenerator<Finding> {
  const applying = await models.ChangeSet.find({ state: 'applying' }).lean<ChangeSet[]>();
  const newest = await models.ChangeSet.findOne({ state: 'applied' }).sort({ version: -1 }).lean<ChangeSet>();
  const counter = await connection.collection<VersionDocument>('meta').findOne({ _id: 'version' });
  const writer = counter?.writer ?? null;
  const alive = writer !== null && !isAbandoned(writer);
  const next = 'the next command that writes finishes it';
  for (const { _id, command } of applying) {
    if (alive && writer.set.equals(_id)) continue;
    const still = await models.ChangeSet.exists({ _id, state: 'applying' });
    if (!still) continue;
    yield { level: 'warning', where: `changesets ${String(_id)}`, what: `interrupted: ${command}`, next };
  }
  if (writer !== null && !alive && applying.length === 0) {
    yield { level: 'warning', where: 'meta', what: `${writer.holder} died as the writer`, next };
  }
  if (writer === null && (newest?.version ?? 0) > (counter?.value ?? 0)) {
    const what = `the version is ${counter?.value ?? 'missing'}, but history has ${newest!.version}`;
    yield { level: 'error', where: 'meta', what, next: 'restore a backup' };
  }
}
