import type { Place } from '../dns/master-file/file-record.ts';
import { checkZone, dnsRules } from '../dns/rules.ts';
import type { Finding } from '../dns/rules.ts';
import { NetgoatError } from '../errors.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import { atPlace } from './located.ts';
import { safetyLimits } from './zone-safety.ts';

/** How much of what the rules find is let through. */
export interface Guard {
  /** Ids of strict rules that may be broken, and safety limits that are lifted. */
  allow: readonly string[];
  /** Refuses advice, too. */
  strict: boolean;
}

/** What the rules need to know of a record, stored or from a file. */
export type JudgedRecord = Pick<DNSRecord, 'name' | 'type' | 'value' | 'ttl' | 'proxied' | 'enabled'> & {
  place?: Place;
};

/**
 * Judges a zone after a change by what the change causes; what was wrong before does not stand in its way.
 * @param before the records, and beside them the NS that the zone has apart from its records (`apexServers` of
 * queries/zone-check.ts), which count for the rules like any other; `after` likewise.
 * @returns the advice, a line each.
 * @throws NetgoatError usage: an error, a strict rule that is not allowed, or, under `strict`, advice; names each.
 */
export function judgeZone(
  origin: string,
  before: readonly JudgedRecord[],
  after: readonly JudgedRecord[],
  guard: Guard,
): string[] {
  checkAllowed(guard.allow);
  const found = find(after, origin);
  if (found.length === 0) return [];
  const known = new Set(find(before, origin).map(identity));
  const caused = found.filter((finding) => !known.has(identity(finding)));
  const refused = caused.filter(({ level, rule }) =>
    level === 'strict' ? !guard.allow.includes(rule) : level === 'error' || guard.strict,
  );
  if (refused.length > 0) throw refusal(refused);
  return caused.filter(({ level }) => level === 'advice').map(inWords);
}

function find(records: readonly JudgedRecord[], origin: string): Finding[] {
  return checkZone(
    records.map(({ name, type, value, ttl, proxied, enabled, place }) => ({
      name,
      type,
      data: value,
      ttl,
      proxied,
      enabled,
      ...(place === undefined ? {} : { place }),
    })),
    origin,
  );
}

function identity({ rule, name, type, message }: Finding): string {
  return [rule, name, type ?? '', message].join('\0');
}

function inWords(finding: Finding): string {
  const { rule, hint } = finding;
  return `${placed(finding)} [${rule}]${hint === undefined ? '' : `: ${hint}`}`;
}

/** What is wrong, and where in a file. */
function placed({ place, message }: Finding): string {
  return place === undefined ? message : `${atPlace(place)}: ${message}`;
}

const SHOWN = 5;

function refusal(findings: readonly Finding[]): NetgoatError {
  const [first] = findings as [Finding];
  const shown = findings.slice(0, SHOWN).map((finding) => `${placed(finding)} [${finding.rule}]`);
  const more = findings.length - shown.length;
  const ways = [
    ...(findings.length === 1 && first.hint !== undefined ? [first.hint] : []),
    ...allowances(findings),
  ];
  return new NetgoatError('usage', [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; '), {
    ...(ways.length > 0 ? { hint: ways.join(' ') } : {}),
    details: { findings },
  });
}

/** What would let the findings through, where they can be. */
function allowances(findings: readonly Finding[]): string[] {
  if (findings.some(({ level }) => level === 'error')) return [];
  const rules = [...new Set(findings.filter(({ level }) => level === 'strict').map(({ rule }) => rule))];
  if (rules.length === 0) return ['Without --strict this is a warning.'];
  return [`If that is meant, add ${rules.map((rule) => `--allow ${rule}`).join(' ')}.`];
}

/**
 * A word after --allow must be one that can be allowed, so that a typo does not pass for safety.
 * @throws NetgoatError usage: it is not.
 */
export function checkAllowed(allow: readonly string[]): void {
  const strict = dnsRules.filter(({ level }) => level === 'strict').map(({ id }) => id);
  const known = [...strict, ...safetyLimits];
  for (const word of allow) {
    if (known.includes(word)) continue;
    const level = dnsRules.find(({ id }) => id === word)?.level;
    if (level === 'error') throw new NetgoatError('usage', `the rule ${word} cannot be lifted by --allow`);
    if (level === 'advice') {
      throw new NetgoatError('usage', `the rule ${word} is advice and needs no --allow`, {
        hint: 'leave it out; without --strict advice is a warning',
      });
    }
    throw new NetgoatError('usage', `there is no rule "${word}" to allow`, {
      hint: `there are ${known.join(', ')}`,
    });
  }
}
