import type { Store } from '../database/store.ts';
import { tellable } from '../dns/included.ts';
import type { Problem } from '../dns/master-file/file-record.ts';
import type { Chunks } from '../dns/master-file/lines.ts';
import type { Include } from '../dns/master-file/read.ts';
import { checkZone } from '../dns/rules.ts';
import type { Finding, ZoneRecord } from '../dns/rules.ts';
import { setKey } from '../dns/zone.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';
import type { Access } from './access.ts';
import { zoneRecords } from './dns.ts';
import { findDomain } from './domains.ts';
import { nameServers } from './zone-head.ts';
import { readZone, requireRecords, saidProxied } from './zone-reading.ts';
import type { RemarkedRecord } from './zone-reading.ts';

/** What is wrong in a zone. */
export interface ZoneCheck {
  /** How many records were looked at. */
  records: number;
  /** What could not be read. */
  problems: Problem[];
  /** How many more of these there are. */
  unlisted: number;
  /** What the rules find in the rest. */
  findings: Finding[];
  /** How many records of the file were left out, by type. */
  skipped: ReadonlyMap<string, number>;
}

/** What the rules know of a record. */
type SeenRecord = Pick<DNSRecord, 'name' | 'type' | 'value' | 'ttl' | 'proxied' | 'enabled'>;

/**
 * Looks at a stored zone by every rule.
 * @throws NetgoatError not-found: no such domain within reach.
 */
export async function checkStoredZone(store: Store, access: Access, name: string): Promise<ZoneCheck> {
  const domain = await findDomain(store, access, name);
  const records = await zoneRecords(store, domain);
  const seen: SeenRecord[] = [...records, ...apexServers(domain, records)];
  const findings = checkZone(
    seen.map(({ value, ...record }) => ({ ...record, data: value })),
    domain.hostname,
  );
  return { records: records.length, problems: [], unlisted: 0, findings, skipped: new Map() };
}

/** The NS at the apex that a zone has apart from its records, as records for the rules; none where records win. */
export function apexServers({ zone }: Pick<Domain, 'zone'>, records: readonly SeenRecord[]): SeenRecord[] {
  const { from, targets, ttl } = nameServers(zone, records);
  if (from !== 'zone') return [];
  return targets.map((target) => ({
    name: '@',
    type: 'NS',
    value: { target },
    ttl,
    proxied: false,
    enabled: true,
  }));
}

/**
 * Reads a master file and looks at it by every rule, its SOA and the NS of its apex among the records. What could not
 * be read is left out of what the rules see.
 * @throws NetgoatError usage: it is empty, or holds more than a million records.
 */
export async function checkZoneFile(
  file: { name: string; chunks: Chunks; include?: Include },
  { origin, skipTypes }: { origin: string; skipTypes: ReadonlySet<string> },
): Promise<ZoneCheck> {
  const reading = await readZone(file, { origin, skipTypes });
  requireRecords(reading);
  const { records, problems, unlisted, skipped } = reading;
  const findings = checkZone(asZone(records), origin).map(tellable);
  return { records: records.length, problems, unlisted, findings, skipped };
}

/** A TTL that is automatic is that of the domain; here that of a new one. */
const AUTOMATIC_TTL = 300;

/** The records as an import would make them. */
function asZone(records: readonly RemarkedRecord[]): ZoneRecord[] {
  const proxied = saidProxied(records);
  const anySays = proxied.size > 0;
  return records.map((record) => ({
    name: record.name,
    type: record.type,
    data: record.data,
    ttl: record.ttlIsOne ? AUTOMATIC_TTL : record.ttl,
    proxied: record.said.proxied ?? (anySays && proxied.get(setKey(record.name, record.type)) === true),
    enabled: record.enabled,
    place: record.place,
  }));
}
