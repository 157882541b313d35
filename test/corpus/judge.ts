import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { FileRecord, Problem } from '../../src/dns/master-file/file-record.ts';
import { readMasterFile } from '../../src/dns/master-file/read.ts';
import { checkZone } from '../../src/dns/rules.ts';
import type { Finding } from '../../src/dns/rules.ts';
import { oracleLines, ownLine } from './canonical.ts';
import type { CorpusEntry } from './entry.ts';
import { openEntry } from './entry.ts';

/** What came of one file. */
export interface Verdict {
  entry: CorpusEntry;
  problems: Problem[];
  findings: Finding[];
  /** Lines that the oracle has and netgoat has not, and the other way round; of accepts. */
  missing: string[];
  surplus: string[];
  lines: number;
  ms: number;
  crash: unknown;
}

/** Reads a file as `dns check --file` does and compares it with its verdict. */
export async function judge(corpus: string, entry: CorpusEntry): Promise<Verdict> {
  const { content, added } = await openEntry(corpus, entry);
  const origin = entry.origin.replace(/\.$/, '');
  const records: FileRecord[] = [];
  const start = performance.now();
  let problems: Problem[] = [];
  let findings: Finding[] = [];
  let crash: unknown;
  try {
    const read = await readMasterFile([content], { origin, file: entry.file }, (record) =>
      records.push(record),
    );
    problems = read.problems.map((problem) => ({
      ...problem,
      place: { ...problem.place, line: problem.place.line - added },
    }));
    findings = checkZone(
      records.filter(({ type }) => type !== 'SOA').map((record) => ({ ...record, proxied: false })),
      origin,
    );
  } catch (error) {
    crash = error;
  }
  const ms = performance.now() - start;
  const lines = content.toString('latin1').split('\n').length - added;
  const compared = entry.canonical === undefined ? { missing: [], surplus: [] } : await compare();
  return { entry, problems, findings, ...compared, lines, ms, crash };

  async function compare() {
    const theirs = new Set(await oracleLines(join(corpus, entry.canonical!)));
    const ours = new Set(records.map((record) => ownLine(record, origin)));
    return {
      missing: [...theirs].filter((line) => !ours.has(line)),
      surplus: [...ours].filter((line) => !theirs.has(line)),
    };
  }
}
