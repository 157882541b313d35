import type { Connection } from 'mongoose';
import { NetgoatError } from '../../errors.ts';
import { lackingIndexes } from '../indexes.ts';
import type { Store } from '../store.ts';
import { makeIndexes, raiseStamp, readStamp, SCHEMA_VERSION } from '../schema-stamp.ts';

/** A way from one schema to the next. It may be interrupted and run again, by several at once. */
interface Step {
  summary: string;
  run(connection: Connection): Promise<void>;
}

/** The step at place n leads from schema n to n + 1. */
const STEPS: readonly Step[] = [
  { summary: 'finish making the database', run: makeIndexes },
  { summary: 'let nodes of two teams be called alike, keep reports', run: nameNodesByTeam },
  { summary: 'find traffic by its time, keep what alerts have observed', run: indexTrafficByTime },
];

/** What an upgrade did, or would do. */
export interface Upgrade {
  database: string;
  /** Null for an empty database, which the first write makes. */
  from: number | null;
  to: number;
  steps: string[];
  /** The indexes that were lacking. */
  indexes: string[];
  dryRun: boolean;
}

/**
 * Brings a database to the schema of this netgoat, step by step, and makes the indexes that it lacks.
 * @throws NetgoatError conflict: an index is not as declared, or documents that are there do not allow it.
 */
export async function upgrade({ connection, label }: Store, dryRun: boolean): Promise<Upgrade> {
  const from = (await readStamp(connection))?.schema ?? null;
  const plan = { database: label, from, to: SCHEMA_VERSION, dryRun };
  if (from === null) return { ...plan, steps: [], indexes: [] };
  const lacking = await lackingIndexes(connection);
  refuseDiffering(lacking.filter(({ differs }) => differs).map(nameOf));
  const steps = STEPS.slice(from, SCHEMA_VERSION);
  if (!dryRun) await run(connection, from, steps, lacking.length > 0);
  return { ...plan, steps: steps.map(({ summary }) => summary), indexes: lacking.map(nameOf) };
}

async function run(
  connection: Connection,
  from: number,
  steps: readonly Step[],
  lacking: boolean,
): Promise<void> {
  for (const [done, step] of steps.entries()) {
    await step.run(connection);
    await raiseStamp(connection, from + done, from + done + 1);
  }
  if (lacking) await makeIndexes(connection);
}

/** Until then no node was ever stored. */
async function nameNodesByTeam(connection: Connection): Promise<void> {
  await dropIndex(connection, 'edgenodes', 'name_1');
  await makeIndexes(connection);
}

async function indexTrafficByTime(connection: Connection): Promise<void> {
  await dropIndex(connection, 'analyticsdatas', 'teamId_1');
  await makeIndexes(connection);
}

async function dropIndex(connection: Connection, collection: string, index: string): Promise<void> {
  const indexes = await connection.collection(collection).indexes();
  if (indexes.some(({ name }) => name === index)) await connection.collection(collection).dropIndex(index);
}

function nameOf({ collection, name }: { collection: string; name: string }): string {
  return `${collection}.${name}`;
}

function refuseDiffering(names: readonly string[]): void {
  const [first] = names;
  if (first === undefined) return;
  throw new NetgoatError('conflict', `the index ${first} is not as this netgoat declares it`, {
    hint: 'somebody else made it: drop it in the database, then run `netgoat db upgrade` again',
    details: { indexes: names },
  });
}
