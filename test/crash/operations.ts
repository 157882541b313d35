import type { Connection } from 'mongoose';
import mongoose from 'mongoose';

/*
 * What a writer of the crash test does, one operation after the other, the same in every run: so that whoever knows
 * how many were acknowledged knows what the store has to hold.
 */

/** How the operations of a round are run. */
export interface Script {
  readonly round: number;
  /** Documents of an insert. */
  readonly batch: number;
  /** Whether each operation is a transaction that also counts itself. */
  readonly transactions: boolean;
}

interface Operation {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly step: number;
}

const BATCHES = [1, 7, 100, 1000];

/** The script of a round: batches of four sizes, a third of the rounds in transactions. */
export function scriptOf(round: number): Script {
  return { round, batch: BATCHES[round % BATCHES.length] as number, transactions: round % 3 === 0 };
}

/** An insert, then the one before it is changed, then the one before that removed; and so on. */
function operation(index: number): Operation {
  const step = Math.floor(index / 3);
  const kind = (['insert', 'update', 'delete'] as const)[index % 3] as Operation['kind'];
  return { kind, step: kind === 'insert' ? step : kind === 'update' ? step - 1 : step - 2 };
}

/** The models of the crash test: unique, compound and multikey indexes, and a partial one. */
export function modelsOf(connection: Connection) {
  const record = new mongoose.Schema({
    key: { type: String, unique: true },
    round: Number,
    step: Number,
    zone: { type: String, index: true },
    n: Number,
    pad: String,
    tags: { type: [String], index: true },
  });
  record.index({ round: 1, step: 1 });
  record.index({ n: 1 }, { partialFilterExpression: { n: { $exists: true } } });
  return {
    Record: connection.model('Record', record),
    Count: connection.model('Count', new mongoose.Schema({ _id: String, n: Number })),
  };
}

type Models = ReturnType<typeof modelsOf>;

/** Runs one operation; resolves when the store has acknowledged it. */
export async function run(
  connection: Connection,
  { Record, Count }: Models,
  script: Script,
  index: number,
): Promise<void> {
  const { round, batch } = script;
  const { kind, step } = operation(index);
  const work = async (options: { session?: mongoose.ClientSession }): Promise<void> => {
    if (kind === 'insert') await Record.insertMany(documents(round, step, batch), options);
    else if (kind === 'update')
      await Record.updateMany(
        { round, step },
        { $set: { zone: 'moved', tags: ['a', 'z'] }, $inc: { n: 1 } },
        options,
      );
    else await Record.deleteMany({ round, step }, options);
  };
  if (!script.transactions) return work({});
  await connection.transaction(async (session) => {
    await work({ session });
    await Count.updateOne({ _id: `round ${round}` }, { $inc: { n: 1 } }, { upsert: true, session });
  });
}

function documents(round: number, step: number, batch: number): object[] {
  return Array.from({ length: batch }, (_, i) => ({
    key: keyOf(round, step, i),
    round,
    step,
    zone: `z${i % 50}`,
    n: i,
    pad: 'x'.repeat((step * 31 + i) % 900),
    tags: [`a${step % 9}`, `b${i % 7}`],
  }));
}

function keyOf(round: number, step: number, i: number): string {
  return `r${round}-${step}-${i}`;
}

/** What the store holds of a round after so many operations: a line for each document, sorted. */
export function expected({ round, batch }: Script, operations: number): string[] {
  const steps = new Map<number, 'plain' | 'moved'>();
  for (let i = 0; i < operations; i++) {
    const { kind, step } = operation(i);
    if (kind === 'insert') steps.set(step, 'plain');
    else if (kind === 'update' && steps.has(step)) steps.set(step, 'moved');
    else if (kind === 'delete') steps.delete(step);
  }
  const lines = [...steps].flatMap(([step, state]) =>
    Array.from({ length: batch }, (_, i) =>
      state === 'plain'
        ? line({ key: keyOf(round, step, i), zone: `z${i % 50}`, n: i })
        : line({ key: keyOf(round, step, i), zone: 'moved', n: i + 1 }),
    ),
  );
  return lines.toSorted();
}

function line({ key, zone, n }: { key: string; zone: string; n: number }): string {
  return `${key} ${zone} ${n}`;
}

/** What the store does hold of a round, in the same form. */
export async function held({ Record }: Models, { round }: Script): Promise<string[]> {
  const found = await Record.find({ round }, { key: 1, zone: 1, n: 1 }).lean();
  return found.map((each) => line(each as { key: string; zone: string; n: number })).toSorted();
}
