import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { isReservedTag } from '../dns/master-file/remark.ts';
import { ownerName } from '../dns/names.ts';
import type { RecordData } from '../dns/record-type.ts';
import { formatValue, parseType, parseValues, valueHash } from '../dns/record.ts';
import { isUnsafe } from '../dns/unsafe.ts';
import { setKey } from '../dns/zone.ts';
import { NetgoatError } from '../errors.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';
import type { Access } from '../queries/access.ts';
import { noRecord, recordLabel } from '../queries/dns.ts';
import { prose, ttlTime } from './inputs.ts';
import { byRule, eachLocated } from './located.ts';
import type { Plan } from './plan.ts';
import { copyZone, newRecord, planZone, refuseDuplicates, withOptions } from './zone.ts';
import type { RecordOptions, SetOptions, ZoneCopy } from './zone.ts';
import { adoptServers } from './zone-servers.ts';

/** Whose records: a name of the zone in any spelling, a type, values as words of a command line. */
const which = z.object({ domain: z.string(), name: z.string(), type: z.string() });

export const guard = z.object({ allow: z.array(z.string()).default([]), strict: z.boolean().default(false) });

/** It stands behind its record in a master file, so it is one line. */
const oneLine = prose(1000)
  .trim()
  .refine((text) => !isUnsafe(text), 'must be one line without control characters');

/** Any line, as behind `cf_tags=` in a master file. */
const recordTag = z
  .string()
  .min(1, 'must not be empty')
  .max(100, 'must be at most 100 characters')
  .refine((text) => !isUnsafe(text), 'must be one line without control characters')
  .refine((text) => !isReservedTag(text), 'must not begin with cf-, which master files use for proxied');

const options = z.object({
  ttl: ttlTime.optional(),
  proxied: z.boolean().optional(),
  enabled: z.boolean().optional(),
  comment: oneLine.optional(),
  tag: z.array(recordTag).optional(),
});

/** One set of records to add to. */
export const recordInput = options.extend({
  name: z.string(),
  type: z.string(),
  value: z.array(z.string()).min(1, 'a value is needed'),
});

/** Values to add to one set; of many, `place` says where they were read. */
export type RecordInput = z.output<typeof recordInput> & { place?: string };

export const newRecords = guard.extend({ domain: z.string() });

export const recordEdits = which
  .extend(guard.shape)
  .extend(options.shape)
  .extend({
    value: z.array(z.string()).default([]),
    only: z.array(z.string()).default([]),
  });

export const oldRecords = which
  .partial({ type: true })
  .extend(guard.shape)
  .extend({ value: z.array(z.string()).default([]) });

/**
 * New records, as one set of Changes. One that joins a set takes its TTL and flags; where others are given, they
 * become those of the whole set.
 * @throws NetgoatError conflict: a record is there already; usage: what was typed, or the zone after it, breaks a rule.
 */
export async function addRecords(
  store: Store,
  access: Access,
  input: z.output<typeof newRecords> & { records: RecordInput[] },
): Promise<Plan> {
  const zone = await copyZone(store, access, input.domain);
  const advice: string[] = [];
  /** What is said of whole sets, the last word each; a set may have thousands, and is gone over once. */
  const said = new Map<string, SetOptions>();
  eachLocated(
    input.records,
    ({ place }) => place,
    (record) => advice.push(...addToSet(zone, record, said)),
  );
  for (const [key, common] of said) {
    const set = zone.sets.get(key) ?? [];
    zone.sets.set(
      key,
      set.map((record) => withOptions(record, common)),
    );
  }
  return withAdvice(await planZone(store, zone, input), advice);
}

/** Adds values to their set; gives what is to be said of that. */
function addToSet(zone: ZoneCopy, input: RecordInput, said: Map<string, SetOptions>): string[] {
  const { name, type, values } = readRecord(zone, input);
  adoptServers(zone, name, type);
  const common = setOptions(input);
  const key = setKey(name, type);
  const set = zone.sets.get(key) ?? [];
  const added = values.map((value) =>
    newRecord(zone, name, type, value, { ...common, ...recordOptions(input) }),
  );
  refuseDuplicates(set, added);
  const before = said.get(key);
  const advice = unserved(zone, set, { ...before, ...common });
  if (Object.keys(common).length > 0) said.set(key, { ...before, ...common });
  set.push(...added);
  zone.sets.set(key, set);
  return advice;
}

/** Said where a value joins a set that is not served, which makes it one that is not served, too. */
function unserved({ domain }: ZoneCopy, [first]: readonly DNSRecord[], { enabled }: SetOptions): string[] {
  if (first === undefined || first.enabled || enabled !== undefined) return [];
  const { name, type } = first;
  const remedy = `\`netgoat dns set ${domain.hostname} ${name} ${type} --enable\` serves the set`;
  return [`${name} ${type} is disabled, and so is what joins it: ${remedy}`];
}

function withAdvice(plan: Plan, advice: readonly string[]): Plan {
  return { ...plan, warnings: [...plan.warnings, ...new Set(advice)] };
}

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
  return withAdvice(await planZone(store, zone, input), advice);
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

function readRecord(
  { domain }: ZoneCopy,
  input: { name: string; type: string; value: string[] },
): { name: string; type: string; values: RecordData[] } {
  const name = readName(domain, input.name);
  const type = readType(input.type);
  return {
    name,
    type,
    values: input.value.length === 0 ? [] : readValues(domain, name, type, input.value),
  };
}

function readName({ hostname }: Domain, name: string): string {
  return byRule(undefined, () => ownerName(name, hostname));
}

function readType(type: string): string {
  return byRule(undefined, () => parseType(type));
}

function readValues({ hostname }: Domain, name: string, type: string, words: string[]): RecordData[] {
  return byRule(`${name} ${type}`, () => parseValues(type, words, hostname));
}

function namesOf(zone: ZoneCopy): string[] {
  return zone.stored.map((record) => record.name);
}

function setOptions({ ttl, proxied, enabled }: z.output<typeof options>): SetOptions {
  return {
    ...(ttl === undefined ? {} : { ttl }),
    ...(proxied === undefined ? {} : { proxied }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

function recordOptions({ comment, tag: tags }: z.output<typeof options>): RecordOptions {
  return {
    ...(comment === undefined ? {} : { comment }),
    ...(tags === undefined ? {} : { tags: [...new Set(tags)].toSorted() }),
  };
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
