/*
 * `npm run test:corpus -- --corpus DIR`: reads every master file of a folder with an index.json (see its README for
 * the fields), and compares with the verdicts of independent name servers that stand there. Exits 1 unless all core
 * accepts are equal and all core rejects are refused at a line of the file. What the zone rules find is counted
 * beside it. With named-checkzone at hand, each core accept is imported, exported, judged and imported again.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z, ZodError } from 'zod';
import { judge } from './judge.ts';
import { readIndex } from './entry.ts';
import { report, reportExports } from './report.ts';
import { SLOW_MS } from './verdicts.ts';
import { hasCheckzone } from '../helpers/named-checkzone.ts';
import { exportsOf, isExported } from './exports.ts';

const { values } = parseArgs({ options: { corpus: { type: 'string' } } });
if (values.corpus === undefined) {
  console.error('npm run test:corpus -- --corpus DIR, where DIR holds an index.json');
  process.exit(2);
}
const corpus = resolve(values.corpus);
const index = await readIndex(corpus).catch((error: Error) => {
  console.error(
    `${corpus} holds no index of a corpus: ${error instanceof ZodError ? z.prettifyError(error) : error.message}`,
  );
  process.exit(2);
});
const verdicts = [];
for (const entry of index) {
  let verdict = await judge(corpus, entry);
  // A machine that was busy is no hang: the last of three counts.
  for (let again = 0; again < 2 && verdict.ms > SLOW_MS; again += 1) verdict = await judge(corpus, entry);
  verdicts.push(verdict);
}
let passed = report(verdicts);
if (hasCheckzone) {
  const accepts = verdicts.map(({ entry }) => entry).filter(isExported);
  const exports = [];
  for await (const verdict of exportsOf(corpus, accepts)) exports.push(verdict);
  passed = reportExports(exports) && passed;
} else console.log('Not run: exports: named-checkzone (Debian: bind9-utils) is not installed');
process.exitCode = passed ? 0 : 1;
