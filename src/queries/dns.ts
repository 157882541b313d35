import { answersOf } from '../database/answers.ts';
import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import { ownerName } from '../dns/names.ts';
import { displayValue, formatValue, parseType } from '../dns/record.ts';
import { NetgoatError } from '../errors.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';
import type { Access } from './access.ts';
import { findDomain } from './domains.ts';
import { MAX_CANDIDATES } from './lookup.ts';
import { isGlob, nameGlob } from './name-glob.ts';

/** A record with its value as people read and type it, its domain, and the revision that `--if-revision` takes. */
export interface RecordRow extends DNSRecord {
  domain: string;
  text: string;
  zoneRevision: number;
}

/** What narrows a list of records. */
export interface RecordFilter {
  type?: string;
  /** A name in any spelling, or a glob: see `nameGlob`. */
  name?: string;
  tags?: readonly string[];
  enabled?: boolean;
}

/** Every record of a zone: the apex first, then by name, type and value. */
export async function zoneRecords(
  store: Store,
  domain: Domain,
  only: Record<string, unknown> = {},
  session?: Session,
): Promise<DNSRecord[]> {
  const filter = { domainId: domain._id, teamId: domain.teamId, ...only };
  return sortRecords(
    await store.models.DNSRecord.find(filter, null, within(session)).batchSize(1_000).lean<DNSRecord[]>(),
  );
}

/** The records below the apex, some at a time, in the same order; memory does not grow with the zone. */
export async function* recordsBelowApex(
  store: Store,
  { _id: domainId, teamId }: Domain,
  session: Session,
): AsyncGenerator<DNSRecord[]> {
  const cursor = store.models.DNSRecord.collection.find<DNSRecord>(
    { domainId, teamId, name: { $ne: '@' } },
    { sort: { name: 1, type: 1 }, batchSize: 1_000, ...within(session) },
  );
  let records: DNSRecord[] = [];
  for await (const answer of answersOf(cursor)) {
    records.push(...answer);
    const { name, type } = records.at(-1)!;
    const end = records.findLastIndex((record) => record.name !== name || record.type !== type) + 1;
    // The last set may go on in the next answer.
    yield sortRecords(records.slice(0, end));
    records = records.slice(end);
  }
  yield sortRecords(records);
}

/**
 * The records of a domain, in the order of `zoneRecords`.
 * @throws NetgoatError not-found: no such domain within reach. DnsError: the type or name is none.
 */
export async function listRecords(
  store: Store,
  access: Access,
  name: string,
  only: RecordFilter = {},
): Promise<{ domain: Domain; records: RecordRow[] }> {
  const domain = await findDomain(store, access, name);
  const records = await zoneRecords(store, domain, filterOf(domain, only));
  if (only.name === undefined || !isGlob(only.name)) return { domain, records: rowsOf(domain, records) };
  const fits = nameGlob(only.name, domain.hostname);
  return {
    domain,
    records: rowsOf(
      domain,
      records.filter((record) => fits(record.name)),
    ),
  };
}

/**
 * The records at one name, of one type or of all.
 * @throws NetgoatError not-found: there are none; knows the names that there are.
 */
export async function showRecords(
  store: Store,
  access: Access,
  hostname: string,
  name: string,
  type: string | undefined,
): Promise<RecordRow[]> {
  const domain = await findDomain(store, access, hostname);
  const owner = ownerName(name, domain.hostname);
  const wanted = type === undefined ? {} : { type: parseType(type) };
  const records = await zoneRecords(store, domain, { name: owner, ...wanted });
  if (records.length > 0) return rowsOf(domain, records);
  const known = await store.models.DNSRecord.find({ domainId: domain._id }, { name: 1 })
    .limit(MAX_CANDIDATES)
    .lean<DNSRecord[]>();
  throw noRecord(
    domain,
    owner,
    wanted.type,
    known.map((record) => record.name),
  );
}

/** The error for records that are not there; another name is suggested only where nothing is at this one. */
export function noRecord(
  domain: Domain,
  owner: string,
  rest: string | undefined,
  names: readonly string[],
): NetgoatError {
  const asked = rest === undefined ? owner : `${owner} ${rest}`;
  const candidates = names.includes(owner) ? [] : [...new Set(names)];
  const ofZone = owner === '@' && domain.zone.apexNs.length > 0 && (rest === undefined || rest === 'NS');
  return new NetgoatError('not-found', `no record "${asked}" in ${domain.hostname}`, {
    ...(ofZone ? { hint: serversOfZone(domain) } : {}),
    details: { name: owner, candidates },
  });
}

/** Where the name servers of a zone are that no record states. */
export function serversOfZone({ hostname, zone }: Pick<Domain, 'hostname' | 'zone'>): string {
  const servers = zone.apexNs.join(', ');
  return `the name servers ${servers} came with the zone: \`netgoat domain show ${hostname}\` has them`;
}

/** A record in one line, as Changes and messages name it: `www A 192.0.2.10`; a long value is cut. */
export function recordLabel(record: Pick<DNSRecord, 'name' | 'type' | 'value'>): string {
  const text = valueText(record);
  return `${record.name} ${record.type} ${text.length > 100 ? `${text.slice(0, 99)}…` : text}`;
}

/** The value in words; as JSON where somebody edited it in the database into what no type reads. */
function valueText({ type, value }: Pick<DNSRecord, 'type' | 'value'>, words = displayValue): string {
  try {
    return words(type, value);
  } catch {
    return JSON.stringify(value);
  }
}

function rowsOf(domain: Domain, records: readonly DNSRecord[]): RecordRow[] {
  return records.map((record) => ({
    ...record,
    domain: domain.hostname,
    text: valueText(record),
    zoneRevision: domain.zoneRevision,
  }));
}

function filterOf(domain: Domain, only: RecordFilter): Record<string, unknown> {
  return {
    ...(only.type === undefined ? {} : { type: parseType(only.type) }),
    ...(only.name === undefined || isGlob(only.name) ? {} : { name: ownerName(only.name, domain.hostname) }),
    ...(only.tags === undefined ? {} : { tags: { $all: [...only.tags] } }),
    ...(only.enabled === undefined ? {} : { enabled: only.enabled }),
  };
}

function sortRecords(records: readonly DNSRecord[]): DNSRecord[] {
  const keyed = records.map((record) => ({ record, key: sortKey(record) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ record }) => record);
}

function sortKey(record: DNSRecord): string {
  return [record.name === '@' ? '' : record.name, record.type, valueText(record, formatValue)].join('\0');
}
