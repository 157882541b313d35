import type { Place } from '../dns/master-file/file-record.ts';
import { shown } from '../dns/error.ts';
import { tellable } from '../dns/included.ts';
import { inLineOrder } from '../dns/line-order.ts';
import { formatValue } from '../dns/record.ts';
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
 * @returns the advice, a line each, in the order of the lines of a file.
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
  if (refused.length > 0) throw new RefusedByRules(explained(origin, after, refused).map(tellable));
  const advice = caused.filter(({ level }) => level === 'advice');
  return inLineOrder(advice.map(tellable)).map(inWords);
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

/** So many findings are in the details of an error; a large file may break a rule on every line. */
const MOST_DETAILS = 50;

/** What a change is refused for: the message names the first of it. */
export class RefusedByRules extends NetgoatError {
  /** All of it. */
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super('usage', inShort(findings), {
      ...hintOf(findings),
      details: {
        findings: findings.slice(0, MOST_DETAILS),
        unlisted: Math.max(0, findings.length - MOST_DETAILS),
      },
    });
    this.findings = findings;
  }
}

function inShort(findings: readonly Finding[]): string {
  const first = findings.slice(0, SHOWN).map((finding) => `${placed(finding)} [${finding.rule}]`);
  const more = findings.length - first.length;
  return [...first, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

function hintOf(findings: readonly Finding[]): { hint?: string } {
  const [first, ...others] = findings;
  const ways = [others.length === 0 ? first?.hint : undefined, allowance(findings)];
  const hint = ways.filter((way) => way !== undefined).join(' ');
  return hint === '' ? {} : { hint };
}

/** What would let the findings through, where they can be. */
export function allowance(findings: readonly Finding[]): string | undefined {
  if (findings.some(({ level }) => level === 'error')) return undefined;
  const rules = [...new Set(findings.filter(({ level }) => level === 'strict').map(({ rule }) => rule))];
  if (rules.length === 0) return 'Without --strict this is a warning.';
  return `If that is meant, add ${rules.map((rule) => `--allow ${rule}`).join(' ')}.`;
}

/**
 * The findings; where a line of a file is wrong only beside what is stored, the hint says what that is. An import that
 * adds cannot take it away.
 */
function explained(
  origin: string,
  after: readonly JudgedRecord[],
  findings: readonly Finding[],
): readonly Finding[] {
  const inFile = after.filter(({ place }) => place !== undefined);
  if (inFile.length === 0) return findings;
  const alone = new Set(find(inFile, origin).map(identity));
  const stored = storedAt(after, new Set(findings.map(({ name }) => name)));
  return findings.map((finding) => {
    const isOfLine = finding.place !== undefined || finding.related !== undefined;
    const beside = stored.get(finding.name);
    if (!isOfLine || beside === undefined || alone.has(identity(finding))) return finding;
    return { ...finding, hint: [finding.hint, besideHint(beside)].filter(Boolean).join(' ') };
  });
}

/** The served records that no file states, at some of the names. */
function storedAt(records: readonly JudgedRecord[], names: ReadonlySet<string>): Map<string, JudgedRecord[]> {
  const stored = new Map<string, JudgedRecord[]>();
  for (const record of records) {
    if (record.place !== undefined || !record.enabled || !names.has(record.name)) continue;
    const beside = stored.get(record.name);
    if (beside === undefined) stored.set(record.name, [record]);
    else beside.push(record);
  }
  return stored;
}

/** So many stored records are named. */
const MOST_BESIDE = 3;

function besideHint(stored: readonly JudgedRecord[]): string {
  const words = stored
    .slice(0, MOST_BESIDE)
    .map(({ type, value }) => `${type} ${shown(formatValue(type, value))}`);
  if (stored.length > MOST_BESIDE) words.push(`${stored.length - MOST_BESIDE} more`);
  return (
    `The zone has ${words.join(', ')} there: \`netgoat dns set\` and \`netgoat dns remove\` change that; ` +
    'with --mode replace it becomes the file.'
  );
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
