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
/** Records that are held at a time; a zone that has more is read alone. */
const MAX_RECORDS = 20_000;

type Joined = Domain & { proxy: ProxyConfig[] };

/*
 * Domains come sorted by hostname, records in the order of the index on domainId, so one pass over both needs one of
 * them sorted in memory. Instead the domains are taken as they come, a batch at a time, and one cursor reads the
 * records of the batch; where a batch has too many of them it is read again in halves. What is held is one batch, at
 * most MAX_RECORDS records or one zone, whatever the store holds, and no answer comes near MongoDB's 16 MiB.
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

/** What one answer of the database holds is a batch: at most BATCH domains and 16 MiB. */
function domainBatches(store: Store, scope: EdgeScope, session: Session): AsyncGenerator<Joined[]> {
  const { Domain, ProxyConfig } = store.models;
  const cursor = Domain.collection.aggregate<Joined>(
    [
      { $match: domainFilter(scope) },
      { $sort: { hostname: 1 } },
      { $project: { hostname: 1, teamId: 1, tls: 1, 'ownership.verified': 1, waf: 1 } },
      {
        $lookup: {
          from: ProxyConfig.collection.collectionName,
          localField: '_id',
          foreignField: 'domainId',
          as: 'proxy',
        },
      },
    ],
    { batchSize: BATCH, ...within(session) },
  );
  return answersOf(cursor);
}

async function learnSlugs(
  store: Store,
  batch: readonly Joined[],
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
  batch: readonly Joined[],
  slugs: ReadonlyMap<string, string>,
  session: Session,
): AsyncGenerator<EdgeDomain> {
  const records = await recordsOf(store, batch, session);
  if (records === null) {
    const half = Math.ceil(batch.length / 2);
    yield* mergeBatch(store, batch.slice(0, half), slugs, session);
    yield* mergeBatch(store, batch.slice(half), slugs, session);
    return;
  }
  for (const domain of batch) {
    const slug = slugs.get(String(domain.teamId));
    if (slug === undefined) throw unfit(domain.hostname, 'its team is gone');
    const active = domain.proxy.find((each) => each.active) ?? null;
    yield mergeDomain(domain, slug, records.get(String(domain._id)) ?? [], active);
  }
}

/** The records of a batch by domain; null where there are too many to hold and the batch can be made smaller. */
async function recordsOf(
  store: Store,
  batch: readonly Joined[],
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
