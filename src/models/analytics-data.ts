import type { Schema } from 'mongoose';
import { defineSchema, domainId, teamId } from './base.ts';
import type { Id } from './base.ts';

/**
 * `moving` is a minute that goes into its hour, where that cannot be done at once: nothing is counted to it any more,
 * and what it counted is not in the hour yet, or will be gone from here in a moment.
 */
export const granularities = ['minute', 'hour', 'moving'] as const;

export const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

export type Granularity = (typeof granularities)[number];

/** What is counted of the traffic of a domain. */
export interface Traffic {
  requests: number;
  bytesIn: number;
  bytesOut: number;
  status: Record<(typeof statusClasses)[number], number>;
  /** 502s, which are among the 5xx too. */
  badGateway: number;
  cacheHits: number;
  wafBlocked: number;
}

/** No traffic at all; a new one each time, to be added to. */
export function noTraffic(): Traffic {
  return {
    requests: 0,
    bytesIn: 0,
    bytesOut: 0,
    status: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
    badGateway: 0,
    cacheHits: 0,
    wafBlocked: 0,
  };
}

const counts = ['requests', 'bytesIn', 'bytesOut', 'badGateway', 'cacheHits', 'wafBlocked'] as const;

/** Adds what one counted to another, which is changed. */
export function addTraffic(sum: Traffic, more: Traffic): void {
  for (const name of counts) sum[name] += more[name];
  for (const name of statusClasses) sum.status[name] += more.status[name];
}

/** What a `$group` holds beside its `_id`, so that `trafficOf` makes the traffic of the group of it. */
export function trafficSums(): Record<string, { $sum: string }> {
  const paths = [...counts, ...statusClasses.map((name) => `status.${name}`)];
  // In a group no field may have a dot.
  return Object.fromEntries(paths.map((path) => [path.replace('status.', 's'), { $sum: `$${path}` }]));
}

/** The traffic of a group of `trafficSums`. */
export function trafficOf(group: Record<string, unknown>): Traffic {
  const sum = noTraffic();
  for (const name of counts) sum[name] = Number(group[name]);
  for (const name of statusClasses) sum.status[name] = Number(group[`s${name}`]);
  return sum;
}

/**
 * Traffic of one domain in one minute or hour; counted up by `$inc`, outside the Changes. What happened is in one
 * bucket: of a minute or, once minutes were put together, of an hour.
 */
export interface AnalyticsData extends Traffic {
  _id: Id;
  teamId: Id;
  domainId: Id;
  granularity: Granularity;
  /** When it begins. */
  bucket: Date;
  /** What was counted here last, so that nothing is counted twice. */
  marks: string[];
}

const count = { type: Number, default: 0, min: 0 };

/** The schema and the indexes of AnalyticsData; built when first used. */
export function analyticsDataSchema(): Schema<AnalyticsData> {
  const schema = defineSchema<AnalyticsData>({
    teamId,
    domainId,
    granularity: { type: String, enum: granularities, required: true },
    bucket: { type: Date, required: true },
    requests: count,
    bytesIn: count,
    bytesOut: count,
    status: { '1xx': count, '2xx': count, '3xx': count, '4xx': count, '5xx': count },
    badGateway: count,
    cacheHits: count,
    wafBlocked: count,
    marks: [String],
  });
  schema.index({ domainId: 1, granularity: 1, bucket: 1 }, { unique: true });
  schema.index({ teamId: 1, granularity: 1, bucket: 1 });
  return schema;
}
