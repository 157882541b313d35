import type { Store } from '../../database/store.ts';
import { newId } from '../../models/base.ts';
import type { Id } from '../../models/base.ts';
import type { Domain } from '../../models/domain.ts';
import type { ReportedDomain } from '../../models/edge-report.ts';
import type { EdgeReportData } from '../protocol/frames.ts';

/** A clock that is wrong by less is believed. */
const CLOCK_SKEW_MS = 5 * 60_000;
const LONGEST_WINDOW_MS = 24 * 3_600_000;
const DUPLICATE_KEY = 11000;

/** What became of a report. */
export type TakenReport = { again: boolean; ignored: string[] } | { refused: string };

/**
 * Stores what a node saw, once however often it is sent: the node's record and its own name for the report are the key.
 * @param teams the node's; what it says of other teams' domains is left out, as what it says of none.
 */
export async function takeReport(
  store: Store,
  { node, teams }: { node: Id; teams: readonly Id[] },
  report: EdgeReportData,
  now: Date,
): Promise<TakenReport> {
  const { reportId, window } = report;
  const [from, to] = [new Date(window.from), new Date(window.to)];
  const refused = refusalOf(from, to, now);
  if (refused !== null) return { refused };
  const { domains, ignored } = await resolve(store, teams, report.domains);
  try {
    await store.models.EdgeReport.create({
      _id: newId(),
      node,
      reportId,
      from,
      to,
      receivedAt: now,
      domains,
    });
    return { again: false, ignored };
  } catch (error) {
    if ((error as { code?: unknown }).code === DUPLICATE_KEY) return { again: true, ignored };
    throw error;
  }
}

function refusalOf(from: Date, to: Date, now: Date): string | null {
  if (from >= to) return 'window: it ends before it begins';
  if (to.getTime() - from.getTime() > LONGEST_WINDOW_MS) return 'window: it is longer than a day';
  if (to.getTime() > now.getTime() + CLOCK_SKEW_MS) return 'window: it lies in the future';
  return null;
}

async function resolve(
  store: Store,
  teams: readonly Id[],
  reported: EdgeReportData['domains'],
): Promise<{ domains: ReportedDomain[]; ignored: string[] }> {
  const hostnames = reported.map(({ hostname }) => hostname);
  const found = await store.models.Domain.find(
    { hostname: { $in: hostnames }, teamId: { $in: [...teams] } },
    { hostname: 1, teamId: 1 },
  ).lean<Domain[]>();
  const byName = new Map(found.map((domain) => [domain.hostname, domain]));
  const domains = reported.flatMap(({ hostname, ...counts }) => {
    const domain = byName.get(hostname);
    return domain === undefined ? [] : [{ domainId: domain._id, teamId: domain.teamId, ...counts }];
  });
  return { domains, ignored: hostnames.filter((hostname) => !byName.has(hostname)) };
}
