import type { Store } from '../database/store.ts';
import type { Alert } from '../models/alert.ts';
import type { Id, Tenant } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';
import type { Incident } from '../models/incident.ts';
import { kinds } from '../models/kinds.ts';
import type { KindName } from '../models/kinds.ts';
import { recordLabel } from '../queries/dns.ts';
import { planOf, removal } from './plan.ts';
import type { Plan, Subject } from './plan.ts';

type Hanging = Tenant & { domainId: Id };

/** What hangs from a domain, and how a document of the kind is named in a Change. */
const below = {
  dns: (document: Hanging) => recordLabel(document as unknown as DNSRecord),
  proxy: () => '',
  alert: (document: Hanging) => (document as unknown as Alert).kind,
  incident: (document: Hanging) => (document as unknown as Incident).kind,
} satisfies Partial<Record<KindName, (document: Hanging) => string>>;

/** How Changes name a domain. */
export function domainSubject(domain: Pick<Domain, '_id' | 'hostname' | 'teamId'>): Subject {
  return { kind: 'domain', name: domain.hostname, team: domain.teamId, domainId: domain._id };
}

/** How Changes name what hangs from a domain: `shop.example.com www A`. */
export function subjectBelow(
  kind: KindName,
  domain: Pick<Domain, '_id' | 'hostname' | 'teamId'>,
  name: string,
): Subject {
  return { kind, name: `${domain.hostname} ${name}`.trim(), team: domain.teamId, domainId: domain._id };
}

/** Every document that hangs from these domains, or that is one of them, with its domain. */
export async function documentsUnder(
  store: Store,
  of: { teamId: Id } | { _id: Id },
): Promise<{ domains: Domain[]; below: { kind: keyof typeof below; domain: Domain; document: Hanging }[] }> {
  const domains = await store.models.Domain.find(of).lean<Domain[]>();
  const byId = new Map(domains.map((domain) => [String(domain._id), domain]));
  const filter = { domainId: { $in: domains.map(({ _id }) => _id) } };
  const found = [];
  for (const kind of Object.keys(below) as (keyof typeof below)[]) {
    const documents = (await store.models[kinds[kind].model as 'Alert']
      .find(filter)
      .lean()) as unknown as Hanging[];
    for (const document of documents)
      found.push({ kind, document, domain: byId.get(String(document.domainId))! });
  }
  return { domains, below: found };
}

/** How a document below a domain is named in a Change. */
export function subjectOf(kind: keyof typeof below, domain: Domain, document: Hanging): Subject {
  return subjectBelow(kind, domain, below[kind](document));
}

/** The removal of a domain, or of all domains of a team, with everything below, at the zone revisions read. */
export async function contentsOf(store: Store, of: { teamId: Id } | { _id: Id }): Promise<Plan> {
  const found = await documentsUnder(store, of);
  const changes: Change[] = [
    ...found.below.map(({ kind, domain, document }) => removal(subjectOf(kind, domain, document), document)),
    ...found.domains.map((domain) => removal(domainSubject(domain), domain)),
  ];
  const zones = found.domains.map(({ _id, zoneRevision }) => ({ domainId: _id, revision: zoneRevision }));
  return planOf(changes, { zones });
}
