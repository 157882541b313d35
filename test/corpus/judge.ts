import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DnsError } from '../../src/dns/error.ts';
import type { FileRecord, Place, Problem } from '../../src/dns/master-file/file-record.ts';
import { readMasterFile } from '../../src/dns/master-file/read.ts';
import type { Include } from '../../src/dns/master-file/read.ts';
import { checkZone } from '../../src/dns/rules.ts';
import type { Finding } from '../../src/dns/rules.ts';
import { oracleLines, ownLine } from './canonical.ts';
import type { CorpusEntry } from './entry.ts';
import { HEADER_LINES, openEntry, zoneOf } from './entry.ts';

/** What came of one file. */
export interface Verdict {
  entry: CorpusEntry;
  problems: Problem[];
  findings: Finding[];
  /** Lines that the oracle has and netgoat has not, and the other way round; of accepts. */
  missing: string[];
  surplus: string[];
  /** Whether each problem and each error of a rule has a line of its file. */
  placed: boolean;
  ms: number;
  crash: unknown;
}

/** The files that others include lie beside them. */
const include: Include = async (path, from) => {
  const file = join(dirname(from), path);
  try {
    return { file, chunks: [await readFile(file)] };
  } catch {
    throw new DnsError('include-refused', `there is no file ${path}`);
  }
};

/** Whether each of these has a place, and that is a line of its file. */
async function arePlaced(errors: readonly { place?: Place }[]): Promise<boolean> {
  for (const { place } of errors) {
    if (place === undefined) return false;
    const lines = (await readFile(place.file, 'latin1')).split('\n').length;
    if (place.line < 1 || place.line > lines + HEADER_LINES) return false;
  }
  return true;
}

/** Reads a file as `dns check --file` does and compares it with its verdict. */
export async function judge(corpus: string, entry: CorpusEntry): Promise<Verdict> {
  const content = await openEntry(corpus, entry);
  const origin = zoneOf(entry);
  const records: FileRecord[] = [];
  const start = performance.now();
  let problems: Problem[] = [];
  let findings: Finding[] = [];
  let crash: unknown;
  try {
    const options = { origin, file: join(corpus, entry.file), include };
    const read = await readMasterFile([content], options, (record) => records.push(record));
    problems = read.problems;
    findings = checkZone(
      records.map((record) => ({ ...record, proxied: false })),
      origin,
    );
  } catch (error) {
    crash = error;
  }
  const ms = performance.now() - start;
  const compared = entry.canonical === undefined ? { missing: [], surplus: [] } : await compare();
  const placed = await arePlaced([...problems, ...findings.filter(({ level }) => level !== 'advice')]);
  return { entry, problems, findings, ...compared, placed, ms, crash };

  async function compare() {
    const theirs = new Set(await oracleLines(join(corpus, entry.canonical!)));
    const ours = new Set(records.map((record) => ownLine(record, origin)));
    return {
      missing: [...theirs].filter((line) => !ours.has(line)),
      surplus: [...ours].filter((line) => !theirs.has(line)),
    };
  }
}
