import { DnsError } from './error.ts';
import type { Place } from './master-file/file-record.ts';
import { absoluteName, ownerName } from './names.ts';
import { readingRules } from './reading-rules.ts';
import { recordType } from './record.ts';
import type { RecordData, RecordType } from './record-type.ts';
import { delegationRules } from './rules/delegations.ts';
import { digestRules } from './rules/digests.ts';
import { mailRules } from './rules/mail.ts';
import { missingRules } from './rules/missing.ts';
import { nameRules } from './rules/names.ts';
import { naptrRules } from './rules/naptr.ts';
import { setRules } from './rules/sets.ts';
import { soaRules } from './rules/soa.ts';
import { spfRules } from './rules/spf.ts';
import { targetRules } from './rules/targets.ts';
import { textRules } from './rules/texts.ts';
import { valueRules } from './rules/values.ts';
import { tokenize } from './tokens.ts';
import { parseTtl } from './ttl.ts';
import { SOA } from './types/soa.ts';
import type { Entry, Finding, Level, ZoneRecord, ZoneRule } from './zone.ts';
import { Zone } from './zone.ts';

export type { Finding, ZoneRecord } from './zone.ts';

/** The rules that look at a whole zone, in the order of `dns rules`. */
const zoneRules: readonly ZoneRule[] = [
  ...setRules,
  ...delegationRules,
  ...soaRules,
  ...nameRules,
  ...targetRules,
  ...missingRules,
  ...valueRules,
  ...digestRules,
  ...naptrRules,
  ...textRules,
  ...spfRules,
  ...mailRules,
];

/** Every rule: those that hold while reading are errors all. */
export const dnsRules: readonly { id: string; level: Level; summary: string }[] = [
  ...Object.entries(readingRules).map(([id, summary]) => ({ id, level: 'error' as const, summary })),
  ...zoneRules.map(({ id, level, summary }) => ({ id, level, summary })),
];

/**
 * All findings over the records of a zone, errors first, then by name, type and rule. Records are read again, so
 * that one edited by hand in the database is found too. Disabled records count for duplicates, TTLs and flags
 * only. The SOA of a file may be among them, and the NS that a zone has apart from its records should be. Takes time
 * linear in the number of records.
 */
export function checkZone(records: readonly ZoneRecord[], origin: string): Finding[] {
  const findings: Finding[] = [];
  const entries: Entry[] = [];
  for (const record of records) {
    const result = readAgain(record, origin);
    if ('rule' in result) findings.push(result);
    else entries.push(result);
  }
  const zone = new Zone(entries, origin);
  for (const { id, level, check } of zoneRules) {
    check(zone, ({ name, type, place }, message, hint, others = []) => {
      const related = placesOf(others);
      findings.push({
        rule: id,
        level,
        name,
        ...(type === undefined ? {} : { type }),
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(place === undefined ? {} : { place }),
        ...(related.length === 0 ? {} : { related }),
      });
    });
  }
  return sortFindings(findings);
}

/** So many other lines a finding names. */
const MOST_RELATED = 10;
/** So many records are looked at for them: stored ones have none, and each of many findings may have many. */
const MOST_OTHERS = 1000;

/** Where the first of these records stand that come from a file. */
function placesOf(others: Iterable<Entry>): Place[] {
  const places: Place[] = [];
  let seen = 0;
  for (const { place } of others) {
    if (place !== undefined) places.push(place);
    seen += 1;
    if (places.length === MOST_RELATED || seen === MOST_OTHERS) break;
  }
  return places;
}

/** The record with its canonical value, or what is wrong with it. */
function readAgain(record: ZoneRecord, origin: string): Entry | Finding {
  try {
    const type = typeOf(record.type);
    const name = ownerName(absoluteName(record.name, origin), origin);
    parseTtl(record.ttl);
    const { ttl, proxied, enabled, place } = record;
    // What was read from a file a moment ago is what its type reads.
    const data = place === undefined ? reread(type, record.data, origin) : record.data;
    return { name, type: type.name, data, ttl, proxied, enabled, place, value: type.write(data) };
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    const { rule, message, hint } = error;
    return {
      rule,
      level: 'error',
      name: record.name,
      type: record.type,
      message: `${absoluteName(record.name, origin).slice(0, -1)} ${record.type}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
      ...(record.place === undefined ? {} : { place: record.place }),
    };
  }
}

function reread(type: RecordType, data: RecordData, origin: string): RecordData {
  const lacking = type.fields.find((field) => data[field] === undefined);
  if (lacking !== undefined) throw new DnsError('value-fields', `the ${lacking} is missing`);
  return type.read(tokenize(type.write(data), type.pairs), { origin, source: 'file' });
}

/** The SOA of a file counts here, though it is none of the types that a record can be given. */
function typeOf(name: string): RecordType {
  return name === SOA.name ? SOA : recordType(name);
}

const LEVELS: readonly Level[] = ['error', 'strict', 'advice'];

function sortFindings(findings: Finding[]): Finding[] {
  const keyed = findings.map((finding) => ({
    finding,
    key: [
      LEVELS.indexOf(finding.level),
      finding.name,
      finding.type ?? '',
      finding.rule,
      finding.message,
    ].join('\0'),
  }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ finding }) => finding);
}
