import { z } from 'zod';
import { parseTtl } from '../../dns/ttl.ts';

/** A time as it was typed: seconds ago, or itself. */
type Moment = { ago: number } | Date;

const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** `24h` is a day ago; `2026-11-24` and `2026-11-24T12:00Z` are times, a day begins in UTC. */
export const moment = z.string().transform((text, context): Moment => {
  const time = new Date(text);
  if (DATE.test(text) && !Number.isNaN(time.getTime())) return time;
  try {
    return { ago: parseTtl(text) };
  } catch {
    const message = 'must be a time ago such as 24h, or a time such as 2026-11-24 or 2026-11-24T12:00Z';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
});

/** The time that is meant at this moment. */
export function timeOf(typed: Moment, now: Date): Date {
  return typed instanceof Date ? typed : new Date(now.getTime() - typed.ago * 1_000);
}
