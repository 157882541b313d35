import type { DialOptions, Unreached } from '../dial.ts';
import type { PushJob } from './job.ts';

/** How long an edge may take to answer the upgrade, and to say hello. */
export const FIRST_ANSWER_MS = 10_000;

/** How the endpoints of a job are dialled. */
export function dialOptions(
  { token, ca, insecure, signal, timeoutMs }: PushJob,
  withinMs: number,
): Omit<DialOptions, 'maxPayload'> {
  return {
    token,
    ca,
    insecure,
    signal,
    withinMs: Math.min(FIRST_ANSWER_MS, withinMs),
    // A ping stands behind what an edge has yet to take: who gives it more time for that waits longer for the answer.
    pingEveryMs: Math.ceil(timeoutMs / 4),
  };
}

const PASSING_CODES = new Set(
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH EHOSTDOWN EAI_AGAIN'.split(' '),
);
const PASSING_STATUSES = new Set([429, 502, 503, 504]);

/** Whether it may be otherwise in a moment: an edge that starts again, a busy one; no wrong token, no bad certificate. */
export function isPassing({ status, cause }: Unreached): boolean {
  if (status !== null) return PASSING_STATUSES.has(status);
  return PASSING_CODES.has((cause as { code?: string } | undefined)?.code ?? '');
}
