import type { Verdict } from './judge.ts';

export function report(verdicts: readonly Verdict[], verbose: boolean): boolean {
  const plain = ({ entry }: Verdict) => !entry.uses?.some((use) => use === 'include' || use === 'generate');
  const accepts = verdicts.filter(
    (v) => v.entry.consensus === 'accept' && v.entry.core_types_only && plain(v),
  );
  const bad = accepts.filter((v) => v.problems.length > 0 || v.missing.length > 0 || v.surplus.length > 0);
  console.log('accepts', accepts.length, 'bad', bad.length);
  for (const v of bad) {
    console.log(v.entry.file, v.entry.origin);
    for (const p of v.problems.slice(0, 3))
      console.log('   P', p.place.line, p.place.column, p.rule, p.message, '|', p.text);
    for (const l of v.missing.slice(0, 3)) console.log('   -', l.slice(0, 200));
    for (const l of v.surplus.slice(0, 3)) console.log('   +', l.slice(0, 200));
  }
  const rejects = verdicts.filter((v) => v.entry.consensus === 'reject' && v.entry.core_types_only);
  const passed = rejects.filter((v) => v.problems.length === 0);
  console.log('rejects', rejects.length, 'not refused by parse', passed.length);
  for (const v of passed)
    console.log(
      v.entry.level,
      v.entry.file,
      v.findings
        .filter((f) => f.level !== 'advice')
        .map((f) => f.rule)
        .join(),
    );
  for (const v of verdicts) if (v.crash) console.log('CRASH', v.entry.file, v.crash);
  for (const v of verdicts) if (v.ms > 500) console.log('SLOW', v.entry.file, v.ms);
  for (const v of rejects)
    for (const p of v.problems)
      if (p.place.line < 1 || p.place.line > v.lines) console.log('LINE', v.entry.file, p.place, v.lines);
  void verbose;
  return bad.length === 0;
}
