import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { checkStore } from '../../src/embedded/maintenance/check.ts';
import { openEmbedded } from '../../src/embedded/open.ts';
import { Environment } from '../../src/embedded/store/environment.ts';
import { Store } from '../../src/embedded/store/store.ts';
import { expected, held, modelsOf, scriptOf } from './operations.ts';

/** A live writer that waited longer for a write than this was stuck. */
const STUCK_MS = 5_000;
/** How long a writer lives after it is up: spread over this time, the same in every run. */
const LIFE_MS = 400;

/** What came of a round; clean if nothing is wrong. */
export interface Round {
  readonly wrong: readonly string[];
  /** Operations that were acknowledged before the kill. */
  readonly acknowledged: number;
  readonly reopenMs: number;
  /** Of the second writer, in rounds that have one. */
  readonly sideWrites: number;
  /** What all second writers so far have left in the store. */
  readonly sideCount: number;
  readonly slowestMs: number;
}

/** The processes of a round, loaded and waiting. */
export interface Cast {
  readonly folder: string;
  readonly writer: ChildProcess;
  readonly side: ChildProcess | undefined;
}

/** Kills a process and waits until it is gone and all its messages have come. */
export async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}

/**
 * One round: a writer is killed at work, the store is opened again, and has to hold exactly what was acknowledged, or
 * that and the one operation that was under way. `sideBefore` is what second writers left in earlier rounds.
 */
export async function runRound(round: number, cast: Cast, sideBefore: number): Promise<Round> {
  const side = cast.side && (await startSide(cast.side));
  const acknowledged = await writeAndDie(round, cast.writer);
  const start = performance.now();
  const store = await openEmbedded(cast.folder);
  const reopenMs = performance.now() - start;
  const sided = (await side?.stop()) ?? { writes: 0, slowest: 0 };
  const connection = await mongoose.createConnection(store.uri('crash')).asPromise();
  const models = modelsOf(connection);
  const wrong: string[] = [];
  if (sided.slowest > STUCK_MS) wrong.push(`the second writer waited ${Math.round(sided.slowest)} ms`);
  wrong.push(...(await compare(models, round, acknowledged)));
  const count = (await models.Count.findById('side').lean())?.n ?? 0;
  if (count !== sideBefore + sided.writes)
    wrong.push(`the second writer wrote ${sided.writes} times, ${count - sideBefore} are there`);
  await models.Record.create({ key: `after ${round}` }).catch((error: Error) => {
    wrong.push(`not writable: ${error.message}`);
  });
  // what the check is to look at stays until the next round
  await models.Record.deleteMany({ round: { $lt: round } });
  await connection.close();
  await store.close();
  wrong.push(...(await problemsIn(cast.folder)));
  return {
    wrong,
    acknowledged,
    reopenMs,
    sideWrites: sided.writes,
    sideCount: count,
    slowestMs: sided.slowest,
  };
}

async function startSide(side: ChildProcess) {
  side.send({ go: true });
  await once(side, 'message');
  return {
    stop: async () => {
      const result = once(side, 'message');
      side.send({ stop: true });
      return (await result)[0] as { writes: number; slowest: number };
    },
  };
}

/** Lets the writer write for a while, kills it, and gives how many operations were acknowledged. */
async function writeAndDie(round: number, writer: ChildProcess): Promise<number> {
  let acknowledged = 0;
  const up = new Promise<void>((resolve) => {
    writer.on('message', (message: { acknowledged: number }) => {
      acknowledged = message.acknowledged;
      resolve();
    });
  });
  writer.send({ go: true, round });
  await up;
  await sleep((round * 137) % LIFE_MS);
  await killed(writer);
  return acknowledged;
}

async function compare(
  models: ReturnType<typeof modelsOf>,
  round: number,
  acknowledged: number,
): Promise<string[]> {
  const script = scriptOf(round);
  const found = (await held(models, script)).join('\n');
  const done = [acknowledged, acknowledged + 1].find((n) => expected(script, n).join('\n') === found);
  if (done === undefined)
    return [
      `after ${acknowledged} operations the documents are those of neither ${acknowledged} nor one more`,
    ];
  if (!script.transactions) return [];
  const counted = (await models.Count.findById(`round ${round}`).lean())?.n ?? 0;
  const fits = [acknowledged, acknowledged + 1].some(
    (n) => n === counted && expected(script, n).join('\n') === found,
  );
  return fits ? [] : [`half a transaction: ${counted} were counted, the documents are those of ${done}`];
}

/** What a check of the whole store finds wrong. */
export async function problemsIn(folder: string): Promise<readonly string[]> {
  const environment = await Environment.open(folder);
  try {
    return (await checkStore(new Store(environment))).problems;
  } finally {
    await environment.close();
  }
}
