import type { Store } from '../database/store.ts';
import { checkZone } from '../dns/rules.ts';
import type { Finding } from '../dns/rules.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';
import type { Access } from './access.ts';
import { zoneRecords } from './dns.ts';
import { findDomain } from './domains.ts';
import { zoneHead } from './zone-head.ts';

/** What the rules know of a record. */
type SeenRecord = Pick<DNSRecord, 'name' | 'type' | 'value' | 'ttl' | 'proxied' | 'enabled'>;

/**
 * Looks at a stored zone by every rule.
 * @throws NetgoatError not-found: no such domain within reach.
 */
export async function checkStoredZone(
  store: Store,
  access: Access,
  name: string,
): Promise<{ records: number; findings: Finding[] }> {
  const domain = await findDomain(store, access, name);
  const records = await zoneRecords(store, domain);
  const seen: SeenRecord[] = [...records, ...apexServers(domain, records)];
  const findings = checkZone(
    seen.map(({ name: owner, type, value, ttl, proxied, enabled }) => ({
      name: owner,
      type,
      data: value,
      ttl,
      proxied,
      enabled,
    })),
    domain.hostname,
  );
  return { records: records.length, findings };
}

/** The NS at the apex that a zone has apart from its records, as records for the rules; none where records win. */
export function apexServers(
  domain: Pick<Domain, 'hostname' | 'zone' | 'zoneRevision'>,
  records: readonly SeenRecord[],
): SeenRecord[] {
  const { ns } = zoneHead(domain, records);
  if (ns.from !== 'zone') return [];
  return ns.targets.map((target) => ({
    name: '@',
    type: 'NS',
    value: { target },
    ttl: ns.ttl,
    proxied: false,
    enabled: true,
  }));
}
