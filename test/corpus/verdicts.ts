import { recordTypeNames } from '../../src/dns/record.ts';
import type { CorpusEntry } from './entry.ts';
import type { Verdict } from './judge.ts';

/** What is refused here and read otherwise by named-compilezone, and why. */
export const excuses: readonly { rule: string; reason: string; excuses(line: string): boolean }[] = [
  {
    rule: 'name-outside-zone',
    reason: 'records outside the zone, which BIND drops and netgoat refuses; the others are equal',
    excuses: () => false,
  },
  {
    rule: 'ttl-invalid',
    reason: 'a TTL above 2^31-1, which BIND turns into 0',
    excuses: (line) => line.split(' ')[1] === '0',
  },
  {
    rule: 'target-address',
    reason: 'an address where a host name belongs, which BIND takes for a relative name',
    excuses: hasAddressForTarget,
  },
];

/** Whether the last word of a record is an address, in front of the zone or alone. */
function hasAddressForTarget(line: string): boolean {
  const target = line.split(' ').at(-1)!;
  return /^(?:\d+\.){4}|^[0-9a-f:]*::?[0-9a-f:.]*/.test(target);
}

const KNOWN = new Set([...recordTypeNames, 'SOA']);

/**
 * The records of the oracle that netgoat neither read nor refused by name. Of a type outside the table each is one
 * that is told as such, or one that the file has in hex; the rest may only lack for what stands in `excuses`.
 */
export function unexplained({ entry, problems, missing, surplus }: Verdict): string[] {
  if (entry.consensus === 'reject') return [];
  const told = problems.filter(({ rule }) => OUTSIDE_TABLE.has(rule));
  const others = problems.filter(({ rule }) => !OUTSIDE_TABLE.has(rule));
  const excused = excuses.filter(({ rule }) => others.some((problem) => problem.rule === rule));
  const [known, outside] = parted(missing, (line) => KNOWN.has(line.split(' ')[2]!));
  const inHex = surplus.filter((line) => /^TYPE\d+$/.test(line.split(' ')[2]!));
  return [
    ...known.filter((line) => !excused.some((excuse) => excuse.excuses(line))),
    ...(outside.length > told.length + inHex.length ? outside : []),
    ...others
      .filter(({ rule }) => !excused.some((excuse) => excuse.rule === rule))
      .map(({ message, rule }) => `nothing, for ${message} [${rule}]`),
  ];
}

/** The rules by which a type outside the table is refused, by its name or its data. */
const OUTSIDE_TABLE = new Set(['type-unknown', 'rdata-length']);

function parted<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/** Whether a file is refused: by the reader, or by a rule that stands unless it is lifted. */
function isRefused({ problems, findings }: Verdict): boolean {
  return problems.length > 0 || findings.some(({ level }) => level !== 'advice');
}

function isEqual(verdict: Verdict): boolean {
  const isCompared = verdict.entry.canonical !== undefined;
  return (
    isCompared &&
    verdict.crash === undefined &&
    verdict.surplus.length === 0 &&
    unexplained(verdict).length === 0
  );
}

/** A file that is not refused, at a line of it, has all of its records here. */
function isAccounted(verdict: Verdict): boolean {
  if (!verdict.placed) return false;
  return verdict.entry.consensus === 'reject' || isRefused(verdict) || unexplained(verdict).length === 0;
}

function isCore(entry: CorpusEntry, consensus: CorpusEntry['consensus']): boolean {
  return entry.core_types_only && entry.consensus === consensus;
}

/** Whether an entry is an accept of core types that is one file without `$GENERATE`. */
export function plainAccepts({ entry }: Verdict): boolean {
  return isCore(entry, 'accept') && !entry.uses?.some((use) => use === 'include' || use === 'generate');
}

/** So slow a file may be. */
export const SLOW_MS = 1_000;

interface Check {
  what: string;
  /** The files it is about. */
  of(verdict: Verdict): boolean;
  passes(verdict: Verdict): boolean;
  /** It depends on how fast the machine is. */
  timed?: boolean;
}

/** What is asked of the reader. */
export const checks: readonly Check[] = [
  {
    what: 'core accepts without $INCLUDE and $GENERATE equal to the canonical output',
    of: plainAccepts,
    passes: isEqual,
  },
  {
    what: 'core accepts with $INCLUDE or $GENERATE equal to the canonical output',
    of: (verdict) => isCore(verdict.entry, 'accept') && !plainAccepts(verdict),
    passes: isEqual,
  },
  {
    what: 'core rejects refused, with a line of the file',
    of: ({ entry }) => isCore(entry, 'reject'),
    passes: (verdict) => isRefused(verdict) && verdict.placed,
  },
  {
    what: 'other files read, or refused with a line of the file, nothing skipped',
    of: ({ entry }) => !entry.core_types_only,
    passes: isAccounted,
  },
  { what: 'no crash', of: () => true, passes: ({ crash }) => crash === undefined },
  { what: `no file over ${SLOW_MS} ms`, of: () => true, passes: ({ ms }) => ms <= SLOW_MS, timed: true },
];

export function failuresIn(check: Check, verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter((verdict) => check.of(verdict) && !check.passes(verdict));
}
