import { isDuplicateKey } from '../database/duplicate-key.ts';
import type { Store } from '../database/store.ts';
import { statusClasses } from '../models/analytics-data.ts';
import type { Traffic } from '../models/analytics-data.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import type { Domain } from '../models/domain.ts';
import type { ReportedCounts } from '../models/edge-report.ts';
import type { Desk } from './judge.ts';
import { judgeReport } from './judge-report.ts';
import { spread } from './spread.ts';
import { countOnce, markOf, noTraffic } from './traffic.ts';
import type { Increment } from './traffic.ts';

/** A clock that is wrong by less is believed. */
const CLOCK_SKEW_MS = 5 * 60_000;
const LONGEST_WINDOW_MS = 24 * 3_600_000;
/** What is older may have been counted, and nobody knows any more. */
const OLDEST_MS = 29 * LONGEST_WINDOW_MS;

/** What an edge saw in some window of time, as the protocol of edge sync has it. */
export interface Report {
  /** The node's own name for it, by which it counts once. */
  reportId: string;
  /** RFC 3339. */
  window: { from: string; to: string };
  domains: ReportDomain[];
}

interface ReportDomain extends ReportedCounts {
  hostname: string;
}

/** Who reports. */
export interface Reporter {
  /** Null for a file that names no node. */
  node: Id | null;
  name: string | null;
  /** Whose domains it may speak of; null for all. */
  teams: readonly Id[] | null;
}

/** A domain of which a report speaks. */
export interface Reported {
  domain: Domain;
  counts: ReportDomain;
}

/** What became of a report. */
export type TakenReport = { again: boolean; ignored: string[] } | { refused: string };

/**
 * Counts what a node saw, and has the alerts judge it, once however often it is sent: the node and its own name for the
 * report are the key. The receipt is written last, and all before it may be done again; so what was interrupted counts
 * once, when the node sends it again.
 * @returns what it says of domains that are none, or another team's, is left out and named.
 */
export async function takeReport(desk: Desk, reporter: Reporter, report: Report): Promise<TakenReport> {
  const { store } = desk;
  const { node } = reporter;
  const { reportId, window } = report;
  const [from, to, receivedAt] = [new Date(window.from), new Date(window.to), desk.now()];
  const refused = refusalOf(from, to, receivedAt);
  if (refused !== null) return { refused };
  const { reported, ignored } = await resolve(store, reporter.teams, report.domains);
  if (await store.models.EdgeReport.exists({ node, reportId })) return { again: true, ignored };
  const increments = reported.flatMap((each) => incrementsOf(each, from, to));
  await countOnce(store, increments, markOf('report', node, reportId));
  await judgeReport(desk, reporter, reported, { from, to });
  const domains = reported.map(({ domain, counts: { hostname: _hostname, ...counts } }) => ({
    domainId: domain._id,
    teamId: domain.teamId,
    ...counts,
  }));
  try {
    await store.models.EdgeReport.create({ _id: newId(), node, reportId, from, to, receivedAt, domains });
    return { again: false, ignored };
  } catch (error) {
    if (isDuplicateKey(error)) return { again: true, ignored };
    throw error;
  }
}

/** Why a window of time is none that is believed, or null. */
export function refusalOf(from: Date, to: Date, now: Date): string | null {
  if (from >= to) return 'window: it ends before it begins';
  if (to.getTime() - from.getTime() > LONGEST_WINDOW_MS) return 'window: it is longer than a day';
  if (to.getTime() > now.getTime() + CLOCK_SKEW_MS) return 'window: it lies in the future';
  if (to.getTime() < now.getTime() - OLDEST_MS) return 'window: it is older than 29 days';
  return null;
}

async function resolve(
  store: Store,
  teams: readonly Id[] | null,
  counted: readonly ReportDomain[],
): Promise<{ reported: Reported[]; ignored: string[] }> {
  const hostnames = counted.map(({ hostname }) => hostname);
  const found = await store.models.Domain.find(
    { hostname: { $in: hostnames }, ...(teams === null ? {} : { teamId: { $in: [...teams] } }) },
    { hostname: 1, teamId: 1 },
  ).lean<Domain[]>();
  const byName = new Map(found.map((domain) => [domain.hostname, domain]));
  const reported = new Map<string, Reported>();
  for (const counts of counted) {
    const domain = byName.get(counts.hostname);
    if (domain === undefined) continue;
    const before = reported.get(counts.hostname);
    reported.set(counts.hostname, { domain, counts: before ? together(before.counts, counts) : counts });
  }
  return {
    reported: [...reported.values()],
    ignored: [...new Set(hostnames.filter((hostname) => !byName.has(hostname)))],
  };
}

/** A report that names a domain twice means both. */
function together(a: ReportDomain, b: ReportDomain): ReportDomain {
  const status = { ...a.status };
  for (const [code, count] of Object.entries(b.status)) status[code] = (status[code] ?? 0) + count;
  return {
    hostname: a.hostname,
    requests: a.requests + b.requests,
    bytesIn: a.bytesIn + b.bytesIn,
    bytesOut: a.bytesOut + b.bytesOut,
    status,
    cacheHits: a.cacheHits + b.cacheHits,
    wafBlocked: a.wafBlocked + b.wafBlocked,
    badGatewayStreak: Math.max(a.badGatewayStreak, b.badGatewayStreak),
  };
}

function incrementsOf({ domain, counts }: Reported, from: Date, to: Date): Increment[] {
  const owner = { teamId: domain.teamId, domainId: domain._id };
  return spread(trafficOf(counts), from, to).map((share) => ({ ...owner, ...share }));
}

function trafficOf({ requests, bytesIn, bytesOut, status, cacheHits, wafBlocked }: ReportDomain): Traffic {
  const traffic = { ...noTraffic(), requests, bytesIn, bytesOut, cacheHits, wafBlocked };
  for (const [code, count] of Object.entries(status)) {
    traffic.status[statusClasses[Number(code[0]) - 1]!] += count;
    if (code === '502') traffic.badGateway += count;
  }
  return traffic;
}
