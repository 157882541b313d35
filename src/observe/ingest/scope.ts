import type { Store } from '../../database/store.ts';
import type { Domain } from '../../models/domain.ts';
import type { Reach } from './hosts.ts';

/** What of a log is counted, as a text: `all`, `teams ID,ID` or `domain ID`. */
export function scopeOf({ access, domain }: Reach): string {
  if (domain !== null) return `domain ${String(domain._id)}`;
  return access.teams === null ? 'all' : `teams ${access.teams.map(String).toSorted().join()}`;
}

/**
 * Whether what is counted in two scopes that are not the same may have lines in common. So may two domains of a team: a
 * line without a host belongs to the one that is named.
 */
export async function overlap(store: Store, a: string, b: string): Promise<boolean> {
  if (a === 'all' || b === 'all') return true;
  const teams = new Set(await teamsOf(store, a));
  return (await teamsOf(store, b)).some((id) => teams.has(id));
}

/** None for a domain that is gone. */
async function teamsOf(store: Store, scope: string): Promise<string[]> {
  const [kind, ids = ''] = scope.split(' ');
  if (kind === 'teams') return ids.split(',');
  const domain = await store.models.Domain.findById(ids, { teamId: 1 }).lean<Domain>();
  return domain === null ? [] : [String(domain.teamId)];
}
