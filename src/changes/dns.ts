import type { z } from 'zod';
import type { Store } from '../database/store.ts';
import { formatValue, valueHash } from '../dns/record.ts';
import { setKey } from '../dns/zone.ts';
import { NetgoatError } from '../errors.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Access } from '../queries/access.ts';
import { noRecord, recordLabel } from '../queries/dns.ts';
import { readName, readRecord, readType, readValues, recordOptions, setOptions } from './dns-inputs.ts';
import type { oldRecords, recordEdits } from './dns-inputs.ts';
import type { Plan } from './plan.ts';
import { copyZone, newRecord, planZone, refuseDuplicates, unserved, withOptions } from './zone.ts';
import type { RecordOptions, ZoneCopy } from './zone.ts';
import { adoptServers } from './zone-servers.ts';

/**
 * Makes a set exactly these values, or, without values, gives the set that is there other options; with `only`, these
 * of its values alone. A new value takes over the comment and tags that those it replaces share.
 * @throws NetgoatError not-found: there is no such set, or a value is not in it; conflict: a new value is in it.
 */
export async function setRecords(
  store: Store,
  access: Access,
  input: z.output<typeof recordEdits>,
): Promise<Plan> {
  const zone = await copyZone(store, access, input.domain);
  const { name, type, values } = readRecord(zone, input);
  adoptServers(zone, name, type);
  const common = setOptions(input);
  const edits = { ...common, ...recordOptions(input) };
  const set = zone.sets.get(setKey(name, type)) ?? [];
  const named = new Set(valuesOf(zone, name, type, input.only));
  const isChosen = ({ valueHash: hash }: DNSRecord) => named.size === 0 || named.has(hash);
  const chosen = set.filter(isChosen);
  const others = set.filter((record) => !isChosen(record));
  let next = chosen;
  let advice: string[] = [];
  if (values.length > 0) {
    const wanted = { ...sharedOptions(chosen), ...edits };
    const fresh = values.map((value) => newRecord(zone, name, type, value, wanted));
    refuseDuplicates(others, fresh);
    const held = new Map(chosen.map((record) => [record.valueHash, record]));
    next = fresh.map((record) => held.get(record.valueHash) ?? record);
    if (fresh.some(({ valueHash: hash }) => !held.has(hash))) advice = unserved(zone, set, common);
  } else if (set.length === 0) {
    throw noRecord(zone.domain, name, type, namesOf(zone));
  } else if (Object.keys(edits).length === 0) {
    throw new NetgoatError('usage', 'nothing to set: give values or options', {
      hint: `for example: netgoat dns set ${zone.domain.hostname} ${name} ${type} --ttl 1h`,
    });
  }
  zone.sets.set(setKey(name, type), [
    ...others.map((record) => withOptions(record, common)),
    ...next.map((record) => withOptions(record, edits)),
  ]);
  const plan = await planZone(store, zone, input);
  return { ...plan, warnings: [...plan.warnings, ...advice] };
}

/**
 * The end of all records of a name, of one type of them, or of some values of that type.
 * @throws NetgoatError not-found: there are none, or a value is not among them.
 */
export async function removeRecords(
  store: Store,
  access: Access,
  input: z.output<typeof oldRecords>,
): Promise<Plan> {
  const zone = await copyZone(store, access, input.domain);
  const name = readName(zone.domain, input.name);
  const type = input.type === undefined ? undefined : readType(input.type);
  adoptServers(zone, name, type);
  const sets = [...zone.sets].filter(
    ([, [first]]) => first?.name === name && (type === undefined || first.type === type),
  );
  if (sets.length === 0) throw noRecord(zone.domain, name, type, namesOf(zone));
  const going = new Set(type === undefined ? [] : valuesOf(zone, name, type, input.value));
  for (const [key, set] of sets) {
    zone.sets.set(key, going.size === 0 ? [] : set.filter((record) => !going.has(record.valueHash)));
  }
  return {
    ...(await planZone(store, zone, input)),
    removesFrom: type === undefined ? name : `${name} ${type}`,
  };
}

/** The hashes of values that are in a set. @throws NetgoatError not-found: one is not; the hint has those that are. */
function valuesOf(zone: ZoneCopy, name: string, type: string, words: string[]): string[] {
  if (words.length === 0) return [];
  const set = zone.sets.get(setKey(name, type)) ?? [];
  const there = new Set(set.map((record) => record.valueHash));
  return readValues(zone.domain, name, type, words).map((value) => {
    const hash = valueHash(type, value);
    if (there.has(hash)) return hash;
    const { code, message, details } = noRecord(
      zone.domain,
      name,
      `${type} ${formatValue(type, value)}`,
      namesOf(zone),
    );
    const hint = set.length === 0 ? {} : { hint: `there is ${someLabels(set)}` };
    throw new NetgoatError(code, message, { ...hint, ...(details === undefined ? {} : { details }) });
  });
}

const MOST_LABELS = 3;

function someLabels(set: readonly DNSRecord[]): string {
  const more = set.length - MOST_LABELS;
  const labels = set.slice(0, MOST_LABELS).map(recordLabel);
  return [...labels, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function namesOf(zone: ZoneCopy): string[] {
  return zone.stored.map((record) => record.name);
}

/** The comment and tags that all records of a set share. */
function sharedOptions(set: readonly DNSRecord[]): RecordOptions {
  const [first, ...others] = set;
  if (first === undefined) return {};
  const { comment, tags } = first;
  return {
    ...(others.every((other) => other.comment === comment) ? { comment } : {}),
    ...(others.every((other) => other.tags.join('\0') === tags.join('\0')) ? { tags } : {}),
  };
}
