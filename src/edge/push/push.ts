import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from './attempt.ts';
import type { PushJob } from './job.ts';
import { attemptPlain } from './plain.ts';
import type { PushRow, Tried } from './row.ts';

const AT_ONCE = 32;
const FIRST_WAIT_MS = 250;
const MOST_WAIT_MS = 10_000;

/**
 * Pushes to all endpoints side by side.
 * @param done is told each row as it is known.
 * @returns the rows in the order of the endpoints.
 * @throws what the store throws; nothing is under way any more then.
 */
export async function pushAll(
  job: Omit<PushJob, 'signal'>,
  urls: readonly string[],
  done: (row: PushRow) => void,
): Promise<PushRow[]> {
  const stop = new AbortController();
  const whole = { ...job, signal: stop.signal };
  const rows: PushRow[] = [];
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < urls.length && !stop.signal.aborted) {
      const at = next++;
      rows[at] = await pushTo(whole, urls[at]!);
      done(rows[at]);
    }
  };
  const lanes = Array.from({ length: Math.min(AT_ONCE, urls.length) }, async () => {
    try {
      await takeTurns();
    } catch (error) {
      stop.abort();
      throw error;
    }
  });
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  return rows;
}

/** Tries until it is known what came of it, as long as there is hope, tries and time. */
async function pushTo(job: PushJob, url: string): Promise<PushRow> {
  const { timeoutMs, retries, state, signal } = job;
  const began = performance.now();
  const passed = (): number => performance.now() - began;
  let [bytes, unknown] = [0, null as Tried | null];
  for (let attempts = 1; ; attempts++) {
    const withinMs = Math.max(1, timeoutMs - passed());
    const tried = await (job.plain === null ? attempt : attemptPlain)(job, url, withinMs);
    bytes += tried.bytes;
    if (tried.result === 'unknown') unknown = tried;
    const waitMs = backOff(attempts);
    if (!tried.again || attempts > retries || passed() + waitMs >= timeoutMs || signal.aborted) {
      const { again: _again, ...known } = settled(tried, unknown);
      return { url, version: state.version, ms: Math.round(passed()), attempts, ...known, bytes };
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Exponential, with full jitter: many that lost the same edge do not come back to it together. */
function backOff(attempts: number): number {
  return Math.random() * Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts);
}

/** What was once sent may be in force, even if nobody was reached to ask afterwards. */
function settled(last: Tried, unknown: Tried | null): Tried {
  if (last.result !== 'failed' || unknown === null) return last;
  return { ...unknown, why: `${unknown.why}; tried again: ${last.why}` };
}
