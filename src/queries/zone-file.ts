import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import { recordWriter, serversFirst, writeHead } from '../dns/master-file/write.ts';
import type { StoredRecord, Style } from '../dns/master-file/write.ts';
import { displayName } from '../dns/names.ts';
import { NetgoatError } from '../errors.ts';
import type { Id } from '../models/base.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';
import { recordsBelowApex, zoneRecords } from './dns.ts';
import { zoneHead } from './zone-head.ts';
import type { ZoneHead } from './zone-head.ts';

/** A zone on its way into a master file. */
export interface ZoneFile {
  domain: Domain;
  head: ZoneHead;
  /** Its lines, without their ends, some at a time; they are read while they are taken. */
  lines: AsyncGenerator<string[]>;
}

/**
 * The master file of a domain, canonical: the same state gives the same lines. Memory does not grow with the zone.
 * @param style how names and ALIAS are written.
 * @throws NetgoatError not-found: the domain is gone, or has gone to another team; failed: a stored record is damaged, the message names it.
 */
export async function readZoneFile(
  store: Store,
  { id, teamId }: { id: Id; teamId: Id },
  session: Session,
  style: Style,
): Promise<ZoneFile> {
  const domain = await store.models.Domain.findOne({ _id: id, teamId }, null, within(session)).lean<Domain>();
  if (domain === null) throw new NetgoatError('not-found', 'the domain is gone');
  const apex = await zoneRecords(store, domain, { name: '@' }, session);
  const head = zoneHead(domain, apex);
  return { domain, head, lines: linesOf(store, domain, { head, apex }, session, style) };
}

async function* linesOf(
  store: Store,
  domain: Domain,
  { head, apex }: { head: ZoneHead; apex: DNSRecord[] },
  session: Session,
  style: Style,
): AsyncGenerator<string[]> {
  const write = recordWriter({ origin: domain.hostname, defaultTtl: head.defaultTtl }, style);
  const line = (record: StoredRecord): string => readable(domain, record, write);
  yield zoneTop(domain, head, style);
  yield serversFirst(apex).map(storedRecord).map(line);
  for await (const records of recordsBelowApex(store, domain, session)) {
    yield records.map(storedRecord).map(line);
  }
}

/** The lines above the stored records: whose zone it is, directives, SOA, name servers that no record states. */
export function zoneTop(
  domain: Pick<Domain, 'hostname' | 'zoneRevision'>,
  head: ZoneHead,
  style: Style,
): string[] {
  const zone = { origin: domain.hostname, defaultTtl: head.defaultTtl, soa: head.soa };
  const servers = head.ns.from === 'records' ? [] : namedServers(head.ns);
  return [...headerOf(domain, head), ...writeHead(zone, style), ...servers.map(recordWriter(zone, style))];
}

function headerOf(
  { hostname, zoneRevision }: Pick<Domain, 'hostname' | 'zoneRevision'>,
  { ns }: ZoneHead,
): string[] {
  const title = `; ${displayName(hostname)}, revision ${zoneRevision}`;
  if (ns.from !== 'placeholder') return [title];
  return [title, `; no name servers are known: ${ns.targets[0]} stands in for them`];
}

/** The name servers that no record states. */
function namedServers({ ttl, targets }: ZoneHead['ns']): StoredRecord[] {
  const rest = { name: '@', type: 'NS', ttl, proxied: false, enabled: true, comment: '', tags: [] };
  return targets.map((target) => ({ ...rest, data: { target } }));
}

function storedRecord({ name, type, value, ttl, proxied, enabled, comment, tags }: DNSRecord): StoredRecord {
  return { name, type, data: value, ttl, proxied, enabled, comment, tags };
}

/** A line of a record; one that was edited by hand in the database may have none. */
function readable(
  { hostname }: Domain,
  record: StoredRecord,
  write: (record: StoredRecord) => string,
): string {
  try {
    return write(record);
  } catch (error) {
    const { name, type } = record;
    throw new NetgoatError('failed', `${hostname}: the record ${name} ${type} is damaged`, {
      hint: '`netgoat db check` says more',
      cause: error,
    });
  }
}
