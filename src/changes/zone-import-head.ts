import { isDeepStrictEqual } from 'node:util';
import type { FileRecord } from '../dns/master-file/file-record.ts';
import type { SoaData } from '../dns/types/soa.ts';
import type { Zone } from '../models/domain.ts';
import { zoneHead } from '../queries/zone-head.ts';
import type { ZoneHead } from '../queries/zone-head.ts';
import type { ZoneCopy } from './zone.ts';

/** How a file and the stored zone become one. */
export type ImportMode = 'merge' | 'replace' | 'exact';

/** What a master file says of the zone itself, beside its records. */
export interface FileHead<R extends FileRecord = FileRecord> {
  /** More than one is for the rules to refuse. */
  soas: readonly R[];
  /** The NS records of the apex. */
  servers: readonly R[];
  defaultTtl: number | undefined;
}

/** Parts the head of a file from its records. */
export function partHead<R extends FileRecord>(
  all: readonly R[],
  defaultTtl: number | undefined,
): { head: FileHead<R>; records: R[] } {
  const [soas, servers, records]: [R[], R[], R[]] = [[], [], []];
  for (const record of all) {
    if (record.type === 'SOA') soas.push(record);
    else if (record.type === 'NS' && record.name === '@') servers.push(record);
    else records.push(record);
  }
  return { head: { soas, servers, defaultTtl }, records };
}

/**
 * What the zone says of itself once a file with this head is in it. What the file leaves out stays, but for `exact`,
 * where no name servers are none. A serial never goes back (RFC 1982). The name servers are those of the file alone,
 * whatever the mode: nobody wants a mix of two providers'. Those that records state are left to the records.
 */
export function importHead(
  { domain, stored }: ZoneCopy,
  { soas, servers, defaultTtl }: FileHead,
  mode: ImportMode,
): Zone {
  const current = zoneHead(domain, stored);
  const zone: Zone = { ...domain.zone, defaultTtl: defaultTtl ?? domain.zone.defaultTtl };
  const [soa] = soas;
  if (soa !== undefined) zone.soa = nextSoa(domain.zone, domain.zoneRevision, current.soa, soa);
  return { ...zone, ...nextServers(domain.zone, current.ns, servers, mode) };
}

/**
 * Says that the serial of a file is older than the zone's and is not taken.
 * @returns no line, or one.
 */
export function serialNotice({ domain, stored }: ZoneCopy, { soas }: FileHead): string[] {
  const [soa] = soas;
  if (soa === undefined) return [];
  const current = zoneHead(domain, stored).soa;
  const { serial } = soa.data as unknown as SoaData;
  if (serial === current.data.serial || isTaken(domain.zone, current, soa)) return [];
  return [
    `the serial goes on from ${current.data.serial}: ${serial} in the file is older, and a serial never goes back`,
  ];
}

function nextSoa(zone: Zone, zoneRevision: number, current: ZoneHead['soa'], file: FileRecord): Zone['soa'] {
  const wanted = file.data as unknown as SoaData;
  // The file's serial is that of the zone with this change in it, which raises the zone's revision by one.
  if (isTaken(zone, current, file)) return { ttl: file.ttl, ...wanted, revision: zoneRevision + 1 };
  if (isUnchanged(current, file)) return zone.soa;
  const { serial, revision } = zone.soa ?? { serial: current.data.serial, revision: zoneRevision };
  return { ttl: file.ttl, ...wanted, serial, revision };
}

/** Whether the serial of a file becomes that of the zone. */
function isTaken({ soa: stored }: Zone, current: ZoneHead['soa'], file: FileRecord): boolean {
  const { serial } = file.data as unknown as SoaData;
  // Nobody has seen the serial of a zone that had no SOA of its own, but for exports: a large one comes after it.
  const first = stored === null && !isUnchanged(current, file) && serial > current.data.serial;
  return first || isNewer(serial, current.data.serial);
}

/** Whether a file has the SOA that there is, but for the serial. */
function isUnchanged({ ttl, data }: ZoneHead['soa'], file: FileRecord): boolean {
  return isDeepStrictEqual({ ...file.data, serial: 0, ttl: file.ttl }, { ...data, serial: 0, ttl });
}

/** Whether a serial comes after another in the circle of 32 bits (RFC 1982 3.2). */
function isNewer(serial: number, other: number): boolean {
  const ahead = (serial - other + 2 ** 32) % 2 ** 32;
  return ahead > 0 && ahead < 2 ** 31;
}

function nextServers(
  stored: Zone,
  current: ZoneHead['ns'],
  servers: readonly FileRecord[],
  mode: ImportMode,
): Partial<Zone> {
  const served = servers.filter(({ enabled }) => enabled);
  const targets = [...new Set(served.map(({ data }) => String(data['target'])))].toSorted();
  const [first] = served;
  // What records hide would come to light again with their end.
  const none = mode === 'exact' && stored.apexNs.length > 0 ? { apexNs: [], apexNsTtl: null } : {};
  if (current.from === 'records' || first === undefined) return none;
  if (current.from === 'placeholder' && isDeepStrictEqual(targets, current.targets)) return {};
  if (first.ttl === current.ttl && isDeepStrictEqual(targets, current.targets)) return {};
  return { apexNs: targets, apexNsTtl: first.ttl };
}
