import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../helpers/bundle.ts';
import { killed, runRound, type Round } from './round.ts';
import { bundleWorker, start } from './start.ts';
import { diesAlone, diesWithLease, diesWithLock, type Case } from './stuck.ts';

/*
 * `npm run test:crash [ROUNDS]`: kill -9 on a process that writes to the embedded store, half the rounds with a second
 * live writer, then processes that die with a lock. The exit code is 1 if anything was lost, half done, stuck or slow.
 */

const REOPEN_MS = 100;
const rounds = Number(process.argv[2] ?? 200);

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
const most = (numbers: readonly number[]): number => Math.max(0, ...numbers);

async function allRounds(worker: Bundle, folder: string): Promise<Round[]> {
  const done: Round[] = [];
  let sideCount = 0;
  // the next writer is loaded while a round is checked
  let writer: Promise<ChildProcess> = start(worker, 'write', folder);
  for (let round = 0; round < rounds; round++) {
    const side = round % 2 === 1 ? await start(worker, 'side', folder) : undefined;
    const cast = { folder, writer: await writer, side };
    writer = start(worker, 'write', folder);
    const result = await runRound(round, cast, sideCount);
    if (side) await killed(side);
    sideCount = result.sideCount;
    done.push(result);
    for (const problem of result.wrong) console.log(`round ${round}: ${problem}`);
  }
  await killed(await writer);
  return done;
}

function reportRounds(done: readonly Round[]): boolean {
  const reopen = done.map(({ reopenMs }) => reopenMs);
  const sides = done.filter(({ sideWrites }) => sideWrites > 0);
  const operations = done.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const clean = done.filter(({ wrong }) => wrong.length === 0).length;
  const fast = most(reopen) < REOPEN_MS;
  const slowest = sides.map(({ slowestMs }) => slowestMs);
  console.log(`${operations} operations acknowledged before a kill`);
  console.log(
    `second writer in ${sides.length} rounds: slowest write max ${most(slowest).toFixed(0)} ms, median ${median(slowest).toFixed(0)} ms`,
  );
  console.log(
    `${fast ? 'PASS' : 'FAIL'} reopen: max ${most(reopen).toFixed(1)} ms, median ${median(reopen).toFixed(1)} ms (under ${REOPEN_MS} ms)`,
  );
  console.log(`${clean} of ${done.length} rounds clean`);
  return fast && clean === done.length;
}

function reportCase({ name, wrong, waitedMs }: Case): boolean {
  console.log(`${wrong.length === 0 ? 'PASS' : 'FAIL'} ${name}: ${(waitedMs / 1000).toFixed(2)} s`);
  for (const problem of wrong) console.log(`  ${problem}`);
  return wrong.length === 0;
}

const folder = await mkdtemp(join(tmpdir(), 'netgoat-crash-'));
const worker = await bundleWorker();
try {
  const started = performance.now();
  const store = join(folder, 'store');
  const clean = reportRounds(await allRounds(worker, store));
  const cases = [
    await diesWithLock(worker, store),
    await diesAlone(worker, store),
    ...(await diesWithLease(join(folder, 'netgoat'))),
  ].map(reportCase);
  console.log(`in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (!clean || cases.includes(false)) process.exitCode = 1;
} finally {
  await worker.remove();
  await rm(folder, { recursive: true, force: true });
}
