import type { Store } from '../database/store.ts';
import { toHostname } from '../dns/names.ts';
import type { Domain } from '../models/domain.ts';
import { tenantFilter } from './access.ts';
import type { Access } from './access.ts';
import { isId, MAX_CANDIDATES, notFound } from './lookup.ts';
import { teamSlugs } from './teams.ts';

/** A domain and the slug of its team. */
export interface DomainRow extends Domain {
  team: string;
}

/**
 * The domain of this hostname (any spelling of it) or id.
 * @throws NetgoatError not-found: there is none within reach. DnsError: the name is no hostname.
 */
export async function findDomain(store: Store, access: Access, name: string): Promise<Domain> {
  const key = isId(name) ? { _id: name } : { hostname: toHostname(name) };
  const domain = await store.models.Domain.findOne({ ...key, ...tenantFilter(access) }).lean<Domain>();
  if (domain) return domain;
  const known = await store.models.Domain.find(tenantFilter(access), { hostname: 1, _id: 0 })
    .sort({ hostname: 1 })
    .limit(MAX_CANDIDATES)
    .lean<Domain[]>();
  throw notFound(
    'domain',
    name,
    known.map(({ hostname }) => hostname),
  );
}

/** One domain with its team. */
export async function showDomain(store: Store, access: Access, name: string): Promise<DomainRow> {
  const domain = await findDomain(store, access, name);
  return (await withTeams(store, [domain]))[0]!;
}

/** The domains within reach, by hostname; `tag` and `enabled` narrow them. */
export async function listDomains(
  store: Store,
  access: Access,
  only: { tag?: string; enabled?: boolean } = {},
): Promise<DomainRow[]> {
  const filter = {
    ...tenantFilter(access),
    ...(only.tag === undefined ? {} : { tags: only.tag }),
    ...(only.enabled === undefined ? {} : { enabled: only.enabled }),
  };
  return withTeams(
    store,
    await store.models.Domain.find(filter).sort({ hostname: 1 }).batchSize(1_000).lean<Domain[]>(),
  );
}

async function withTeams(store: Store, domains: readonly Domain[]): Promise<DomainRow[]> {
  const ids = new Map(domains.map(({ teamId }) => [String(teamId), teamId]));
  const slugs = await teamSlugs(store, [...ids.values()]);
  return domains.map((domain) => ({
    ...domain,
    team: slugs.get(String(domain.teamId)) ?? String(domain.teamId),
  }));
}
