import type { Store } from '../../database/store.ts';
import type { Domain } from '../../models/domain.ts';
import type { Reach } from './hosts.ts';

/** What of a log is counted, as a text: `all`, `teams ID,ID` or `domain ID`. */
export function scopeOf({ access, domain }: Reach): string {
  if (domain !== null) return `domain ${String(domain._id)}`;
  return access.teams === null ? 'all' : `teams ${access.teams.map(String).toSorted().join()}`;
}

/** Whether two scopes that are not the same have traffic in common. */
export async function overlap(store: Store, a: string, b: string): Promise<boolean> {
  if (a === 'all' || b === 'all') return true;
  const [kindA, idsA] = partsOf(a);
  const [kindB, idsB] = partsOf(b);
  if (kindA === 'domain' && kindB === 'domain') return idsA[0] === idsB[0];
  const teams = new Set(kindA === 'domain' ? [await teamOf(store, idsA[0]!)] : idsA);
  const others = kindB === 'domain' ? [await teamOf(store, idsB[0]!)] : idsB;
  return others.some((id) => id !== undefined && teams.has(id));
}

function partsOf(scope: string): [kind: string, ids: string[]] {
  const [kind = '', ids = ''] = scope.split(' ');
  return [kind, ids.split(',')];
}

/** Undefined for a domain that is gone. */
async function teamOf(store: Store, id: string): Promise<string | undefined> {
  const domain = await store.models.Domain.findById(id, { teamId: 1 }).lean<Domain>();
  return domain === null ? undefined : String(domain.teamId);
}
