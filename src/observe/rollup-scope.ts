import type { Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { LogCheckpoint } from '../models/log-checkpoint.ts';
import type { Access } from '../queries/access.ts';
import { teamsWithin } from '../queries/teams.ts';
import { HOUR_MS } from './traffic.ts';

/** A log whose counting was interrupted longer ago is taken for given up. */
const WAITED_MS = 24 * HOUR_MS;

/** The domains within reach that have minutes to be put together. */
export interface RollupDomains {
  domains: Id[];
  /** Left out, because a log is being counted that may count into their minutes a second time. */
  held: Id[];
}

/**
 * The domains that have minutes before a time. A log that was interrupted counts its last chunk again, and the marks
 * by which a minute knows that go with it: so minutes wait for that.
 */
export async function domainsToRollUp(
  store: Store,
  access: Access,
  { before, now }: { before: Date; now: Date },
): Promise<RollupDomains> {
  const scopes = await pendingScopes(store, new Date(now.getTime() - WAITED_MS));
  const found: RollupDomains = { domains: [], held: [] };
  for (const { _id: team } of await teamsWithin(store, access)) {
    const domains = (await store.models.AnalyticsData.distinct('domainId', {
      teamId: team,
      granularity: { $in: ['minute', 'moving'] },
      bucket: { $lt: before },
    })) as Id[];
    for (const domain of domains) (isHeld(scopes, team, domain) ? found.held : found.domains).push(domain);
  }
  return found;
}

/** Of what logs are being counted now, as their checkpoints have it. */
async function pendingScopes(store: Store, since: Date): Promise<string[]> {
  const checkpoints = await store.models.LogCheckpoint.find({
    updatedAt: { $gte: since },
    pending: { $ne: null },
  }).lean<LogCheckpoint[]>();
  return checkpoints.map(({ scope }) => scope);
}

function isHeld(scopes: readonly string[], team: Id, domain: Id): boolean {
  return scopes.some((scope) => {
    const [kind, ids = ''] = scope.split(' ');
    if (kind === 'all') return true;
    return ids.split(',').includes(String(kind === 'teams' ? team : domain));
  });
}
