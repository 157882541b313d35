import { excuses, isRefused, unexplained } from './verdicts.ts';
import type { Verdict } from './judge.ts';

/** So slow a file may be. */
export const SLOW_MS = 1_000;
const SHOWN = 20;

/**
 * Prints the figures and what is not as it should be.
 * @returns whether everything is.
 */
export function report(verdicts: readonly Verdict[]): boolean {
  const core = verdicts.filter(({ entry }) => entry.core_types_only);
  const accepts = core.filter(({ entry }) => entry.consensus === 'accept');
  const rejects = core.filter(({ entry }) => entry.consensus === 'reject');
  const plain = accepts.filter(({ entry }) => !uses(entry, 'include') && !uses(entry, 'generate'));
  const others = verdicts.filter(({ entry }) => !entry.core_types_only);
  console.log(`${verdicts.length} files`);
  const results = [
    share('core accepts without $INCLUDE and $GENERATE equal to the canonical output', plain, isEqual),
    share('core accepts with $INCLUDE or $GENERATE', without(accepts, plain), isEqual),
    share('core rejects refused, with a line of the file', rejects, isRefusedInRange),
    share('other files read, or refused with a line of the file, nothing skipped', others, isAccounted),
    share('no crash', verdicts, ({ crash }) => crash === undefined),
    share(`no file over ${SLOW_MS} ms`, verdicts, ({ ms }) => ms <= SLOW_MS),
  ];
  printExceptions(plain);
  printFindings(plain);
  const slowest = Math.max(...verdicts.map(({ ms }) => ms));
  console.log(`slowest file: ${slowest.toFixed(0)} ms`);
  return results.every(Boolean);
}

function uses(entry: Verdict['entry'], feature: string): boolean {
  return entry.uses?.includes(feature) === true;
}

function without(all: readonly Verdict[], some: readonly Verdict[]): Verdict[] {
  return all.filter((verdict) => !some.includes(verdict));
}

function isEqual(verdict: Verdict): boolean {
  return verdict.crash === undefined && verdict.surplus.length === 0 && unexplained(verdict).length === 0;
}

function isRefusedInRange(verdict: Verdict): boolean {
  return isRefused(verdict) && verdict.placed;
}

/** A file that is not refused, at a line of it, has all of its records here. */
function isAccounted(verdict: Verdict): boolean {
  if (!verdict.placed) return false;
  return verdict.entry.consensus === 'reject' || isRefused(verdict) || unexplained(verdict).length === 0;
}

function share(what: string, all: readonly Verdict[], test: (verdict: Verdict) => boolean): boolean {
  const failed = all.filter((verdict) => !test(verdict));
  const passed = all.length - failed.length;
  const percent = all.length === 0 ? 100 : (passed * 100) / all.length;
  console.log(`${failed.length === 0 ? 'PASS' : 'FAIL'} ${passed} of ${all.length} (${percent} %): ${what}`);
  for (const verdict of failed.slice(0, SHOWN)) printVerdict(verdict);
  if (failed.length > SHOWN) console.log(`  and ${failed.length - SHOWN} more`);
  return failed.length === 0;
}

function printVerdict(verdict: Verdict): void {
  console.log(`  ${verdict.entry.file}`);
  if (verdict.crash !== undefined) console.log(`    crash: ${String(verdict.crash)}`);
  for (const { place, rule, message } of verdict.problems.slice(0, 3)) {
    console.log(`    ${place.line}:${place.column} ${message} [${rule}]`);
  }
  for (const line of unexplained(verdict).slice(0, 3)) console.log(`    lacks ${line.slice(0, 200)}`);
  for (const line of verdict.surplus.slice(0, 3)) console.log(`    has ${line.slice(0, 200)}`);
}

/** Files that are equal but for what dns-rules.md refuses and named-compilezone takes. */
function printExceptions(verdicts: readonly Verdict[]): void {
  for (const { rule, reason } of excuses) {
    const excused = verdicts.filter(({ problems }) => problems.some((problem) => problem.rule === rule));
    if (excused.length === 0) continue;
    console.log(`exception, ${excused.length} of them: ${reason} [${rule}]`);
    for (const { entry } of excused) console.log(`  ${entry.file}`);
  }
}

/** How many of the files the rules over a zone find fault with, beside the parser. */
function printFindings(verdicts: readonly Verdict[]): void {
  const counts = new Map<string, number>();
  for (const { findings } of verdicts) {
    for (const rule of new Set(findings.map(({ rule: id, level }) => `${level} ${id}`))) {
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
  }
  const refused = verdicts.filter(({ findings }) => findings.some(({ level }) => level === 'error'));
  console.log(`rules find errors in ${refused.length} of these ${verdicts.length}; files by rule:`);
  for (const [rule, count] of [...counts].toSorted()) console.log(`  ${rule}: ${count}`);
}
