import { isDeepStrictEqual } from 'node:util';
import type { Store } from '../database/store.ts';
import type { Place } from '../dns/master-file/file-record.ts';
import type { RecordData } from '../dns/record-type.ts';
import { formatValue, valueHash } from '../dns/record.ts';
import { setKey } from '../dns/zone.ts';
import { NetgoatError } from '../errors.ts';
import { letSignalsIn } from '../interruption.ts';
import { newId } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain, Zone } from '../models/domain.ts';
import { normalize } from '../models/normalize.ts';
import type { Access } from '../queries/access.ts';
import { recordLabel, zoneRecords } from '../queries/dns.ts';
import { findDomain } from '../queries/domains.ts';
import { apexServers } from '../queries/zone-check.ts';
import { domainSubject, subjectBelow } from './cascade.ts';
import { addition, planOf, removal, updates } from './plan.ts';
import type { Plan, Subject } from './plan.ts';
import { judgeZone } from './zone-rules.ts';
import type { Guard, JudgedRecord } from './zone-rules.ts';
import { safetyRefusal, untouchedApart } from './zone-safety.ts';

/** A zone as it is stored, and a copy that edits work on; the records by set, keyed by `setKey`. */
export interface ZoneCopy {
  domain: Domain;
  stored: readonly DNSRecord[];
  sets: Map<string, DNSRecord[]>;
  /** What the zone is to say of itself, where that may change. */
  zone?: Zone;
  /** Where records stand in the file that they come from. */
  places?: ReadonlyMap<DNSRecord, Place>;
  /** What the rules are to see beside the records: the name servers that the zone itself names. */
  beside?: readonly JudgedRecord[];
}

/** What all records of a set have in common. */
export type SetOptions = Partial<Pick<DNSRecord, 'ttl' | 'proxied' | 'enabled'>>;

/** What each record of a set has of its own. */
export type RecordOptions = Partial<Pick<DNSRecord, 'comment' | 'tags'>>;

/**
 * Reads a zone. The domain, with its zone revision, comes first: a writer between the two reads is then noticed.
 * @throws NetgoatError not-found: no such domain within reach.
 */
export async function copyZone(store: Store, access: Access, name: string): Promise<ZoneCopy> {
  const domain = await findDomain(store, access, name);
  const stored = await zoneRecords(store, domain);
  const sets = new Map<string, DNSRecord[]>();
  for (const record of stored) {
    const key = setKey(record.name, record.type);
    const set = sets.get(key);
    if (set) set.push(record);
    else sets.set(key, [record]);
  }
  return { domain, stored, sets };
}

/**
 * A record of this zone that is not stored yet; the set's options are those of the records beside it. A hash of the
 * value that is known already is not made again.
 */
export function newRecord(
  { domain, sets }: ZoneCopy,
  name: string,
  type: string,
  value: RecordData,
  options: SetOptions & RecordOptions & Partial<Pick<DNSRecord, 'valueHash'>>,
): DNSRecord {
  const beside = sets.get(setKey(name, type))?.[0];
  return {
    _id: newId(),
    teamId: domain.teamId,
    domainId: domain._id,
    name,
    type,
    value,
    valueHash: options.valueHash ?? valueHash(type, value),
    ttl: options.ttl ?? beside?.ttl ?? domain.zone.defaultTtl,
    proxied: options.proxied ?? beside?.proxied ?? false,
    enabled: options.enabled ?? beside?.enabled ?? true,
    comment: options.comment ?? '',
    tags: options.tags ?? [],
    revision: 1,
  };
}

/**
 * @param lineOf where a record of the set was read, of one that came with the same input.
 * @throws NetgoatError conflict: a value is in the set already, or comes twice.
 */
export function refuseDuplicates(
  set: readonly DNSRecord[],
  added: readonly DNSRecord[],
  lineOf: (record: DNSRecord) => number | undefined = () => undefined,
): void {
  const fresh = new Set<string>();
  for (const record of added) {
    if (fresh.has(record.valueHash)) throw twice(record, 'is given twice');
    fresh.add(record.valueHash);
  }
  // Of many lines each may add one value to a set of thousands: it is looked through, and no index of it made each time.
  const held = set.find((record) => fresh.has(record.valueHash));
  if (held === undefined) return;
  const line = lineOf(held);
  throw line === undefined ? exists(held) : twice(held, `is on line ${line} already`);
}

function twice(record: DNSRecord, how: string): NetgoatError {
  return new NetgoatError('conflict', `the record ${recordLabel(record)} ${how}`);
}

function exists(record: DNSRecord): NetgoatError {
  const { name, type, value } = record;
  return new NetgoatError('conflict', `the record ${recordLabel(record)} exists already`, {
    hint: 'change its options with `netgoat dns set`',
    details: { record: { name, type, value: formatValue(type, value) } },
  });
}

/** What is said where a value joins a set that is not served, and is not served either; no line, or one. */
export function unserved(
  { domain }: ZoneCopy,
  [first]: readonly DNSRecord[],
  { enabled }: SetOptions,
): string[] {
  if (first === undefined || first.enabled || enabled !== undefined) return [];
  const { name, type } = first;
  const remedy = `\`netgoat dns set ${domain.hostname} ${name} ${type} --enable\` serves the set`;
  return [`${name} ${type} is disabled, and so is what joins it: ${remedy}`];
}

/** The record itself where nothing is to change, so that an untouched one is not looked at again. */
export function withOptions(record: DNSRecord, edits: SetOptions & RecordOptions): DNSRecord {
  const same = Object.entries(edits).every(([key, value]) => record[key as keyof DNSRecord] === value);
  return same ? record : { ...record, ...edits };
}

/**
 * The plan that makes the stored zone into the edited copy. It claims the zone at the revision that was read,
 * because the rules span its records: of two writers at once, one is told to look again. A change that is too large,
 * or touches the NS of the apex, is refused when it is to be written.
 * @throws NetgoatError usage: the zone would break a rule.
 */
export async function planZone(store: Store, copy: ZoneCopy, guard: Guard): Promise<Plan> {
  const { domain, stored, zone = domain.zone } = copy;
  const after = [...copy.sets.values()].flat();
  const warnings = judge(copy, after, guard);
  await letSignalsIn();
  const [was, is] = [
    { records: stored, zone: domain.zone },
    { records: after, zone },
  ];
  const refusal = safetyRefusal(domain, was, is, guard.allow);
  const changes = [
    ...(await headChanges(store, domain, zone)),
    ...(await changesOf(store, domain, stored, after)),
  ];
  return planOf(changes, {
    zones: [{ domainId: domain._id, revision: domain.zoneRevision }],
    revision: domain.zoneRevision,
    warnings,
    ...(refusal === undefined ? {} : { refusal }),
  });
}

/** Judges what changes; where nothing does, only what is to be allowed is looked at. */
function judge(
  { domain, stored, zone, places, beside }: ZoneCopy,
  after: readonly DNSRecord[],
  guard: Guard,
): string[] {
  const known = new Set(stored);
  const untouched =
    after.length === stored.length &&
    after.every((record) => known.has(record)) &&
    !beside?.some(({ place }) => place !== undefined);
  if (untouched) return judgeZone(domain.hostname, [], [], guard);
  return judgeZone(
    domain.hostname,
    [...stored, ...apexServers(domain, stored)],
    [
      ...(places === undefined ? after : after.map((record) => judged(record, places.get(record)))),
      ...(beside ?? apexServers({ ...domain, zone: zone ?? domain.zone }, after)),
    ],
    guard,
  );
}

function judged(
  { name, type, value, ttl, proxied, enabled }: DNSRecord,
  place: Place | undefined,
): JudgedRecord {
  const record = { name, type, value, ttl, proxied, enabled };
  return place === undefined ? record : { ...record, place };
}

async function headChanges(store: Store, domain: Domain, zone: Zone): Promise<Change[]> {
  if (isDeepStrictEqual(zone, domain.zone)) return [];
  const next = await normalize(store.models, 'Domain', { ...domain, zone });
  return updates(domainSubject(domain), domain, next);
}

async function changesOf(
  store: Store,
  domain: Domain,
  stored: readonly DNSRecord[],
  after: readonly DNSRecord[],
): Promise<Change[]> {
  const touched = untouchedApart(stored, after);
  const kept = new Set(touched.after.map(({ _id }) => String(_id)));
  const known = new Map(touched.before.map((record) => [String(record._id), record]));
  const changes = touched.before
    .filter(({ _id }) => !kept.has(String(_id)))
    .map((record) => removal(recordSubject(domain, record), record));
  for (const [at, record] of touched.after.entries()) {
    if (at % 10_000 === 0) await letSignalsIn();
    const current = known.get(String(record._id));
    const next = await normalize(store.models, 'DNSRecord', record);
    const subject = recordSubject(domain, record);
    changes.push(...(current ? updates(subject, current, next) : [addition(subject, next)]));
  }
  return changes;
}

function recordSubject(domain: Domain, record: DNSRecord): Subject {
  return subjectBelow('dns', domain, recordLabel(record));
}
