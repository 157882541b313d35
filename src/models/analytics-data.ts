import type { Schema } from 'mongoose';
import { defineSchema, domainId, teamId } from './base.ts';
import type { Id } from './base.ts';

export const granularities = ['minute', 'hour'] as const;

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
