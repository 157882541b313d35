import { absoluteName } from '../dns/names.ts';
import type { SoaData } from '../dns/types/soa.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';

/** What a zone says of itself, as it is served and exported. */
export interface ZoneHead {
  soa: { ttl: number; data: SoaData };
  /** The name servers of the zone itself, in full, sorted. */
  ns: { ttl: number; targets: string[]; from: 'records' | 'zone' | 'placeholder' };
  defaultTtl: number;
}

/** A zone without name servers is no zone to anybody who reads master files (RFC 2606 2: nobody has this name). */
const PLACEHOLDER = 'ns.invalid.';
const TIMERS = { refresh: 3_600, retry: 900, expire: 604_800, minimum: 300 };
const SOA_TTL = 3_600;
const LONGEST_NAME = 254;

type Apex = Pick<DNSRecord, 'name' | 'type' | 'value' | 'ttl' | 'enabled'>;

/**
 * The head of a zone: what was imported with it; where that is missing, one made of what there is. Its serial goes up
 * with the revision of the zone.
 * @param records of the zone, of which those at the apex matter.
 */
export function zoneHead(
  { hostname, zone, zoneRevision }: Pick<Domain, 'hostname' | 'zone' | 'zoneRevision'>,
  records: readonly Apex[],
): ZoneHead {
  const ns = nameServers(zone, records);
  const { defaultTtl } = zone;
  const soa = importedSoa({ zone, zoneRevision });
  if (soa === null) {
    const data = {
      mname: ns.targets[0]!,
      rname: mailbox(hostname),
      serial: Math.max(1, zoneRevision),
      ...TIMERS,
    };
    return { soa: { ttl: SOA_TTL, data }, ns, defaultTtl };
  }
  return { soa, ns, defaultTtl };
}

/** The SOA that was imported with a zone, with the serial that it has by now; null where none was. */
export function importedSoa({
  zone,
  zoneRevision,
}: Pick<Domain, 'zone' | 'zoneRevision'>): ZoneHead['soa'] | null {
  if (zone.soa === null) return null;
  const { ttl, revision, ...stored } = zone.soa;
  const serial = (stored.serial + zoneRevision - revision) % 2 ** 32;
  return { ttl, data: { ...stored, serial } };
}

/** The name servers of a zone; records at the apex win over what was imported. */
export function nameServers(
  { apexNs, apexNsTtl, defaultTtl }: Domain['zone'],
  records: readonly Apex[],
): ZoneHead['ns'] {
  const served = records.filter(({ name, type, enabled }) => name === '@' && type === 'NS' && enabled);
  const [first] = served;
  if (first !== undefined) {
    const targets = served.map(({ value }) => String(value['target'])).toSorted();
    return { ttl: first.ttl, targets, from: 'records' };
  }
  const ttl = apexNsTtl ?? defaultTtl;
  if (apexNs.length > 0) return { ttl, targets: apexNs.toSorted(), from: 'zone' };
  return { ttl: defaultTtl, targets: [PLACEHOLDER], from: 'placeholder' };
}

/** Whom to write to about the zone (RFC 2142 7); a name that is too long for it has nobody. */
function mailbox(hostname: string): string {
  const name = absoluteName('hostmaster', hostname);
  return name.length > LONGEST_NAME ? '.' : name;
}
