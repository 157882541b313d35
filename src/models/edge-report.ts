import type { Schema } from 'mongoose';
import { defineSchema, mixed, objectId } from './base.ts';
import type { Id } from './base.ts';

/** Kept as long as a node may send one again. */
const KEPT_SECONDS = 30 * 24 * 3600;

/** What a node saw of one domain in the window of a report. */
export interface ReportedCounts {
  requests: number;
  bytesIn: number;
  bytesOut: number;
  /** By status code: `{"502": 12}`. */
  status: Record<string, number>;
  cacheHits: number;
  wafBlocked: number;
  /**
   * The longest run of 502s, one after the other, that was under way in the window; one that goes on from the window
   * before counts from its beginning.
   */
  badGatewayStreak: number;
}

/** The same, and whose it is. */
interface ReportedDomain extends ReportedCounts {
  domainId: Id;
  teamId: Id;
}

/** A report of a node's traffic, stored once however often it is sent. */
export interface EdgeReport {
  _id: Id;
  /** Null for a report from a file that names no node. */
  node: Id | null;
  /** The node's own name for it. */
  reportId: string;
  from: Date;
  to: Date;
  receivedAt: Date;
  domains: ReportedDomain[];
}

/** The schema and the indexes of EdgeReport; built when first used. */
export function edgeReportSchema(): Schema<EdgeReport> {
  const schema = defineSchema<EdgeReport>({
    node: { type: objectId, ref: 'EdgeNode', default: null },
    reportId: { type: String, required: true, maxlength: 128 },
    from: { type: Date, required: true },
    to: { type: Date, required: true },
    receivedAt: { type: Date, required: true },
    domains: { type: [mixed], required: true },
  } as never);
  schema.index({ node: 1, reportId: 1 }, { unique: true });
  schema.index({ receivedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
  return schema;
}
