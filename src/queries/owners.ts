import type { Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { Domain } from '../models/domain.ts';
import { teamSlugs } from './teams.ts';

/** A document below a domain, with the hostname of that domain and the slug of its team. */
export type Owned<T> = T & { domain: string; team: string };

/** Names the domain and the team of documents that hang from domains. */
export async function withOwners<T extends { domainId: Id; teamId: Id }>(
  store: Store,
  documents: readonly T[],
): Promise<Owned<T>[]> {
  if (documents.length === 0) return [];
  const domainIds = distinct(documents.map(({ domainId }) => domainId));
  const [domains, slugs] = await Promise.all([
    store.models.Domain.find({ _id: { $in: domainIds } }, { hostname: 1 }).lean<Domain[]>(),
    teamSlugs(store, distinct(documents.map(({ teamId }) => teamId))),
  ]);
  const hostnames = new Map(domains.map(({ _id, hostname }) => [String(_id), hostname]));
  return documents.map((document) => ({
    ...document,
    domain: hostnames.get(String(document.domainId)) ?? String(document.domainId),
    team: slugs.get(String(document.teamId)) ?? String(document.teamId),
  }));
}

function distinct(ids: readonly Id[]): Id[] {
  return [...new Map(ids.map((id) => [String(id), id])).values()];
}
