import type { Schema } from 'mongoose';
import { defineSchema, domainId, teamId } from './base.ts';
import type { Id } from './base.ts';

export const granularities = ['minute', 'hour'] as const;

/** Traffic of one domain in one minute or hour; counted up by `$inc`, outside the Changes. */
export interface AnalyticsData {
  _id: Id;
  teamId: Id;
  domainId: Id;
  granularity: (typeof granularities)[number];
  bucket: Date;
  requests: number;
  bytesIn: number;
  bytesOut: number;
  status: { '1xx': number; '2xx': number; '3xx': number; '4xx': number; '5xx': number };
  cacheHits: number;
  wafBlocked: number;
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
    cacheHits: count,
    wafBlocked: count,
  });
  schema.index({ domainId: 1, granularity: 1, bucket: 1 }, { unique: true });
  schema.index({ teamId: 1 });
  return schema;
}
