import { checks, excuses, failuresIn, plainAccepts, unexplained } from './verdicts.ts';
import type { ExportVerdict } from './exports.ts';
import type { Verdict } from './judge.ts';

const SHOWN = 20;

/**
 * Prints the figures and what is not as it should be.
 * @returns whether everything is.
 */
export function report(verdicts: readonly Verdict[]): boolean {
  console.log(`${verdicts.length} files`);
  let passed = true;
  for (const check of checks) {
    const all = verdicts.filter(check.of);
    if (all.length === 0) {
      console.log(`no files: ${check.what}`);
      continue;
    }
    const failed = failuresIn(check, verdicts);
    const good = all.length - failed.length;
    const percent = ((good * 100) / all.length).toFixed(2);
    console.log(
      `${failed.length === 0 ? 'PASS' : 'FAIL'} ${good} of ${all.length} (${percent} %): ${check.what}`,
    );
    for (const verdict of failed.slice(0, SHOWN)) printVerdict(verdict);
    if (failed.length > SHOWN) console.log(`  and ${failed.length - SHOWN} more`);
    passed &&= failed.length === 0;
  }
  const plain = verdicts.filter(plainAccepts);
  printExceptions(plain);
  printFindings(plain);
  console.log(`slowest file: ${Math.max(...verdicts.map(({ ms }) => ms)).toFixed(0)} ms`);
  return passed;
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

/** Prints how exports fared. @returns whether all are equal, in the store or, where a rule keeps them out, without. */
export function reportExports(verdicts: readonly ExportVerdict[]): boolean {
  if (verdicts.length === 0) {
    console.log('no files: exports of core accepts');
    return true;
  }
  const stored = verdicts.filter(({ result }) => result === 'equal');
  const written = verdicts.filter(({ result }) => result === 'equal, written without a store');
  const failed = verdicts.filter((verdict) => !stored.includes(verdict) && !written.includes(verdict));
  console.log(
    `${failed.length === 0 ? 'PASS' : 'FAIL'} ${stored.length + written.length} of ${verdicts.length}: ` +
      'exports of core accepts accepted by named-checkzone, and nothing to change when imported again',
  );
  for (const { entry, result, reason } of failed) console.log(`  ${entry.file}: ${result}: ${reason}`);
  const reasons = new Map<string, number>();
  for (const { reason } of written) {
    const rule = /\[([a-z-]+)\]$/.exec(reason)?.[1] ?? 'its origin is no domain';
    reasons.set(rule, (reasons.get(rule) ?? 0) + 1);
  }
  console.log(`  ${written.length} of them are written and read without a store, which does not take them:`);
  for (const [reason, count] of [...reasons].toSorted()) console.log(`    ${reason}: ${count}`);
  return failed.length === 0;
}
