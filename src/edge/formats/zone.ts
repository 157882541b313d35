import { within } from '../../database/store.ts';
import type { Session, Store } from '../../database/store.ts';
import { recordWriter, serversFirst } from '../../dns/master-file/write.ts';
import type { StoredRecord } from '../../dns/master-file/write.ts';
import { recordType } from '../../dns/record.ts';
import { tokenize } from '../../dns/tokens.ts';
import type { Domain } from '../../models/domain.ts';
import { zoneTop } from '../../queries/zone-file.ts';
import { zoneHead } from '../../queries/zone-head.ts';
import type { EdgeFormat, Shown } from '../formats.ts';
import { mergedDomains } from '../merge.ts';
import { readWhole } from '../read-whole.ts';
import type { EdgeDomain, EdgeRecord } from '../schema.ts';
import type { EdgeScope } from '../scope.ts';
import { inBlocks, Spool } from '../spool.ts';

type Zone = Pick<Domain, 'hostname' | 'zone' | 'zoneRevision'>;

const STYLE = { absolute: false };
/** Domains whose SOA and name servers are read at a time. */
const BATCH = 200;

/**
 * A master file for each domain of the payload, one after the other with a blank line between: what is enabled, as
 * `dns export` writes it, without the comments and tags of records. SOA and name servers are no part of the payload: they come from
 * the same state of the store.
 */
export const zoneFormat: EdgeFormat = {
  signs: false,
  read: async (store, scope, { note }) => {
    const spool = new Spool();
    try {
      return await readWhole(store, scope, async (session, version) => {
        await spool.clear();
        const { count, unserved } = await gather(store, scope, session, spool);
        return shownOf(spool, count, version, () => {
          if (unserved > 0) note(placeholders(unserved));
        });
      });
    } catch (error) {
      await spool.clear();
      throw error;
    }
  },
};

function shownOf(spool: Spool, count: number, version: number, before: () => void): Shown {
  return {
    summary: `${count} zone${count === 1 ? '' : 's'}, version ${version}`,
    chunks: async function* () {
      before();
      yield* inBlocks(spool.lines());
    },
    close: () => spool.clear(),
  };
}

function placeholders(count: number): string {
  const whose = count === 1 ? 'a zone has' : `${count} zones have`;
  return `${whose} no name servers: ns.invalid. stands in for them`;
}

async function gather(
  store: Store,
  scope: EdgeScope,
  session: Session,
  spool: Spool,
): Promise<{ count: number; unserved: number }> {
  let count = 0;
  let unserved = 0;
  for await (const batch of inBatches(mergedDomains(store, scope, session))) {
    const zones = await zonesOf(store, batch, session);
    for (const domain of batch) {
      if (count > 0) await spool.add('');
      count += 1;
      const { lines, isServed } = zoneLines(domain, zones.get(domain.hostname)!);
      if (!isServed) unserved += 1;
      for (const line of lines) await spool.add(line);
    }
  }
  return { count, unserved };
}

/** What the payload does not say of its domains. */
async function zonesOf(
  store: Store,
  batch: readonly EdgeDomain[],
  session: Session,
): Promise<Map<string, Zone>> {
  const filter = { hostname: { $in: batch.map(({ hostname }) => hostname) } };
  const fields = { hostname: 1, zone: 1, zoneRevision: 1 };
  const zones = await store.models.Domain.find(filter, fields, within(session)).lean<Zone[]>();
  return new Map(zones.map((zone) => [zone.hostname, zone]));
}

/** The master file of one domain; it is not `isServed` where a placeholder stands in for its name servers. */
function zoneLines(domain: EdgeDomain, zone: Zone): { lines: string[]; isServed: boolean } {
  const { hostname } = domain;
  const records = domain.dns.map((record) => storedRecord(record, hostname));
  const apex = records.filter(({ name }) => name === '@');
  const head = zoneHead(
    zone,
    apex.map(({ data, ...rest }) => ({ ...rest, value: data })),
  );
  const write = recordWriter({ origin: hostname, defaultTtl: head.defaultTtl }, STYLE);
  return {
    lines: [...zoneTop(zone, head, STYLE), ...serversFirst(records).map(write)],
    isServed: head.ns.from !== 'placeholder',
  };
}

function storedRecord({ name, type, ttl, proxied, value }: EdgeRecord, origin: string): StoredRecord {
  const entry = recordType(type);
  const data = entry.read(tokenize(value, entry.pairs), { origin, source: 'file' });
  return { name, type, data, ttl, proxied, enabled: true, comment: '', tags: [] };
}

async function* inBatches(domains: AsyncIterable<EdgeDomain>): AsyncGenerator<EdgeDomain[]> {
  let batch: EdgeDomain[] = [];
  for await (const domain of domains) {
    batch.push(domain);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
