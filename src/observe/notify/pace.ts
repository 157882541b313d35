/** How long attempts take, and how far apart they are. */
export interface Pace {
  /** Of one attempt. */
  timeoutMs: number;
  /** The waits after the first, second, … attempt that failed; the last one holds for all that follow. */
  waitsMs: readonly number[];
  /** So long a wait is sat out; after a longer one whoever looks for it first sends it. */
  patienceMs: number;
  /** A process that has a message in hand for longer than this without a word is taken for dead. */
  leaseMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const PACE: Pace = {
  timeoutMs: 10 * SECOND,
  waitsMs: [SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE],
  patienceMs: 3 * MINUTE,
  leaseMs: 2 * MINUTE,
};

/** A message that could not be sent in this time is given up: it would be news no more. */
export const GIVEN_UP_AFTER_MS = 24 * 60 * MINUTE;

const LONGEST_RETRY_AFTER_MS = 60 * MINUTE;

/**
 * How long to wait after so many attempts. Chance spreads those who failed together; what the answer asked for holds
 * where it is longer, up to an hour.
 */
export function waitAfter(attempts: number, retryAfterMs: number | null, { waitsMs }: Pace): number {
  const wait = waitsMs[Math.min(attempts, waitsMs.length) - 1]!;
  const spread = wait * (0.75 + Math.random() / 2);
  return Math.max(spread, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
}
