import type { Granularity, Traffic } from '../models/analytics-data.ts';
import { statusClasses } from '../models/analytics-data.ts';
import { HOUR_MS, MINUTE_MS, noTraffic } from './traffic.ts';

/** The traffic of one bucket. */
export interface Share {
  granularity: Granularity;
  bucket: Date;
  traffic: Traffic;
}

/** What is seen over a longer time than this is not known to the minute. */
const LONGEST_BY_MINUTE_MS = 5 * MINUTE_MS;

/**
 * Spreads what was counted in a window over the minutes that it touches, or the hours if it is longer than five
 * minutes, each by its part of the time. The shares are whole numbers, and their sum is what was counted; buckets
 * without a share are left out.
 * @param from before `to`.
 */
export function spread(traffic: Traffic, from: Date, to: Date): Share[] {
  const [start, end] = [from.getTime(), to.getTime()];
  const byMinute = end - start <= LONGEST_BY_MINUTE_MS;
  const size = byMinute ? MINUTE_MS : HOUR_MS;
  const shares: Share[] = [];
  let before = noTraffic();
  for (let at = start - (start % size); at < end; at += size) {
    const upTo = scaled(traffic, (Math.min(at + size, end) - start) / (end - start));
    const share = difference(upTo, before);
    if (isAny(share)) {
      shares.push({ granularity: byMinute ? 'minute' : 'hour', bucket: new Date(at), traffic: share });
    }
    before = upTo;
  }
  return shares;
}

function scaled(traffic: Traffic, part: number): Traffic {
  return each(traffic, traffic, (count) => Math.floor(count * part));
}

function difference(upTo: Traffic, before: Traffic): Traffic {
  return each(upTo, before, (a, b) => a - b);
}

function each(a: Traffic, b: Traffic, of: (a: number, b: number) => number): Traffic {
  const made = noTraffic();
  for (const name of statusClasses) made.status[name] = of(a.status[name], b.status[name]);
  for (const name of ['requests', 'bytesIn', 'bytesOut', 'badGateway', 'cacheHits', 'wafBlocked'] as const) {
    made[name] = of(a[name], b[name]);
  }
  return made;
}

function isAny({ status, ...counts }: Traffic): boolean {
  return [...Object.values(status), ...Object.values(counts)].some((count) => count > 0);
}
