import { answersOf } from '../database/answers.ts';
import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';
import type { ProxyConfig } from '../models/proxy-config.ts';
import type { Team } from '../models/team.ts';
import { edgeRecord, mergeDomain, unfit } from './edge-domain.ts';
import type { EdgeDomain, EdgeRecord } from './schema.ts';
import { domainFilter } from './scope.ts';
import type { EdgeScope } from './scope.ts';

/** Domains whose records are read by one cursor. */
const BATCH = 200;
/** Characters of proxy configurations that are held at a time. */
const MAX_PROXIES = 8 * 1024 * 1024;
/** Configurations that are read at a time. */
const PROXIES = 20;
/** Records that are held at a time; a zone that has more is read alone. */
const MAX_RECORDS = 20_000;

/*
 * Domains come sorted by hostname, records in the order of the index on domainId, so one pass over both needs one of
 * them sorted in memory. Instead the domains are taken as they come, a batch at a time, and a cursor each reads the
 * proxy configurations and the records of the batch; where a batch has too many of them it is read again in halves.
 * What is held is one batch, at most MAX_PROXIES and MAX_RECORDS or one domain, whatever the store holds. A $lookup
 * would bring as many configurations as there are domains in an answer, and one may have 4 MiB of edge functions.
 */

/**
 * The enabled domains of a scope with their enabled records and active ProxyConfig, sorted by hostname.
 * @throws NetgoatError failed: a stored document is damaged; the message names its domain.
 */
export async function* mergedDomains(
  store: Store,
  scope: EdgeScope,
  session: Session,
): AsyncGenerator<EdgeDomain> {
  const slugs = new Map<string, string>();
  for await (const batch of domainBatches(store, scope, session)) {
    await learnSlugs(store, batch, slugs, session);
    yield* mergeBatch(store, batch, slugs, session);
  }
}

/** At most BATCH domains at a time, without what they are told by other documents. */
function domainBatches(store: Store, scope: EdgeScope, session: Session): AsyncGenerator<Domain[]> {
  const projection = { hostname: 1, teamId: 1, tls: 1, 'ownership.verified': 1, waf: 1 };
  const cursor = store.models.Domain.collection.find<Domain>(domainFilter(scope), {
    projection,
    sort: { hostname: 1 },
    batchSize: BATCH,
    ...within(session),
  });
  return answersOf(cursor);
}

async function learnSlugs(
  store: Store,
  batch: readonly Domain[],
  slugs: Map<string, string>,
  session: Session,
): Promise<void> {
  const unknown = batch.map(({ teamId }) => teamId).filter((id) => !slugs.has(String(id)));
  if (unknown.length === 0) return;
  const ids = [...new Map(unknown.map((id) => [String(id), id])).values()];
  const teams = await store.models.Team.find({ _id: { $in: ids } }, { slug: 1 }, within(session)).lean<
    Team[]
  >();
  for (const { _id, slug } of teams) slugs.set(String(_id), slug);
}

async function* mergeBatch(
  store: Store,
  batch: readonly Domain[],
  slugs: ReadonlyMap<string, string>,
  session: Session,
): AsyncGenerator<EdgeDomain> {
  const proxies = await proxiesOf(store, batch, session);
  const records = proxies === null ? null : await recordsOf(store, batch, session);
  if (proxies === null || records === null) {
    const half = Math.ceil(batch.length / 2);
    yield* mergeBatch(store, batch.slice(0, half), slugs, session);
    yield* mergeBatch(store, batch.slice(half), slugs, session);
    return;
  }
  for (const domain of batch) {
    const slug = slugs.get(String(domain.teamId));
    if (slug === undefined) throw unfit(domain.hostname, 'its team is gone');
    const id = String(domain._id);
    yield mergeDomain(domain, slug, records.get(id) ?? [], proxies.get(id) ?? null);
  }
}

/** The active configurations of a batch by domain; null where they are too large to hold and the batch can be halved. */
async function proxiesOf(
  store: Store,
  batch: readonly Domain[],
  session: Session,
): Promise<Map<string, ProxyConfig> | null> {
  const found = new Map<string, ProxyConfig>();
  const cursor = store.models.ProxyConfig.collection.find<ProxyConfig>(
    { domainId: { $in: batch.map(({ _id }) => _id) }, active: true },
    { batchSize: PROXIES, ...within(session) },
  );
  let size = 0;
  for await (const answer of answersOf(cursor)) {
    for (const proxy of answer) {
      size += sizeOf(proxy);
      found.set(String(proxy.domainId), proxy);
    }
    if (size > MAX_PROXIES && batch.length > 1) return null;
  }
  return found;
}

/** About how many characters: those of what has no limit of its own. */
function sizeOf({ edgeFunctions = [], wafRules = [] }: ProxyConfig): number {
  const texts = [...edgeFunctions.map(({ code }) => code), ...wafRules.map(({ expression }) => expression)];
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** The records of a batch by domain; null where there are too many to hold and the batch can be made smaller. */
async function recordsOf(
  store: Store,
  batch: readonly Domain[],
  session: Session,
): Promise<Map<string, EdgeRecord[]> | null> {
  const found = new Map(
    batch.map(({ _id, hostname }) => [String(_id), { hostname, list: [] as EdgeRecord[] }]),
  );
  const cursor = store.models.DNSRecord.collection.find<DNSRecord>(
    { domainId: { $in: batch.map(({ _id }) => _id) }, enabled: true },
    { batchSize: 1_000, ...within(session) },
  );
  let count = 0;
  for await (const answer of answersOf(cursor)) {
    count += answer.length;
    if (count > MAX_RECORDS && batch.length > 1) return null;
    for (const record of answer) {
      const { hostname, list } = found.get(String(record.domainId))!;
      list.push(readRecord(record, hostname));
    }
  }
  return new Map([...found].map(([id, { list }]) => [id, list]));
}

function readRecord(record: DNSRecord, hostname: string): EdgeRecord {
  try {
    return edgeRecord(record);
  } catch (error) {
    throw unfit(hostname, `its record ${record.name} ${record.type}: ${(error as Error).message}`, error);
  }
}
