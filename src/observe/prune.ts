import type { Store } from '../database/store.ts';
import type { AnalyticsData, Granularity } from '../models/analytics-data.ts';
import type { Id } from '../models/base.ts';
import type { Domain } from '../models/domain.ts';
import type { Team } from '../models/team.ts';
import { HOUR_MS, MINUTE_MS } from './traffic.ts';

/** So many buckets go at once. */
const PACK = 5_000;

const LENGTHS: readonly { granularities: Granularity[]; ms: number }[] = [
  { granularities: ['minute', 'moving'], ms: MINUTE_MS },
  { granularities: ['hour'], ms: HOUR_MS },
];

/** Traffic of a team, or of one domain, that had ended by a time. */
export type PruneRule = ({ teamId: Id } | { domainId: Id }) & { before: Date };

/** What is to go: how much, and from when to when. */
export interface Pruned {
  buckets: number;
  requests: number;
  oldest: Date | null;
  newest: Date | null;
}

/**
 * What goes of teams, or of one domain of theirs.
 * @param olderThan seconds; undefined is each team's own retention, and nothing of teams that keep all.
 */
export function pruneRules(
  teams: readonly Team[],
  { domain, olderThan, now }: { domain?: Domain | undefined; olderThan?: number | undefined; now: Date },
): PruneRule[] {
  return teams.flatMap(({ _id, retention }) => {
    const seconds = olderThan ?? retention ?? undefined;
    if (seconds === undefined) return [];
    const before = new Date(now.getTime() - seconds * 1_000);
    return [domain === undefined ? { teamId: _id, before } : { domainId: domain._id, before }];
  });
}

/** What rules would take away now. */
export async function prunePreview(store: Store, rules: readonly PruneRule[]): Promise<Pruned> {
  const sum: Pruned = { buckets: 0, requests: 0, oldest: null, newest: null };
  for (const filter of rules.flatMap(filtersOf)) {
    const [found] = await store.models.AnalyticsData.aggregate<Pruned & { oldest: Date; newest: Date }>([
      { $match: filter },
      {
        $group: {
          _id: null,
          buckets: { $sum: 1 },
          requests: { $sum: '$requests' },
          oldest: { $min: '$bucket' },
          newest: { $max: '$bucket' },
        },
      },
    ]);
    if (found === undefined) continue;
    sum.buckets += found.buckets;
    sum.requests += found.requests;
    if (sum.oldest === null || found.oldest < sum.oldest) sum.oldest = found.oldest;
    if (sum.newest === null || found.newest > sum.newest) sum.newest = found.newest;
  }
  return sum;
}

/** Takes it away, the oldest first; interrupted, the rest is there. */
export async function prune(
  store: Store,
  rules: readonly PruneRule[],
  report: (buckets: number) => void = () => undefined,
): Promise<void> {
  const { AnalyticsData } = store.models;
  let gone = 0;
  for (const filter of rules.flatMap(filtersOf)) {
    for (;;) {
      const pack = await AnalyticsData.find(filter, { _id: 1 })
        .sort({ bucket: 1 })
        .limit(PACK)
        .lean<AnalyticsData[]>();
      if (pack.length === 0) break;
      await AnalyticsData.deleteMany({ _id: { $in: pack.map(({ _id }) => _id) } });
      gone += pack.length;
      report(gone);
    }
  }
}

/** A bucket is as old as its end. */
function filtersOf({ before, ...whose }: PruneRule): object[] {
  return LENGTHS.flatMap(({ granularities, ms }) => {
    const bucket = { $lte: new Date(before.getTime() - ms) };
    return granularities.map((granularity) => ({ ...whose, granularity, bucket }));
  });
}
