import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import type { FileRecord, Problem } from '../../../src/dns/master-file/file-record.ts';
import { readMasterFile } from '../../../src/dns/master-file/read.ts';
import { SEEDS } from './seeds.ts';
import { MARK, SPELLINGS } from './spellings.ts';

// Files with a few octets changed: the reader never throws, never hangs, skips nothing without a word, and reads two
// spellings that mean the same as the same.

const MUTANTS = Number(process.env['NETGOAT_FUZZ'] ?? 3_000);
const SEED = Number(process.env['NETGOAT_FUZZ_SEED'] ?? 1);
const SLOW_MS = 1_000;
/** Larger files are read once: they are a large $GENERATE. */
const MOST_COMPARED = 200;

/** Numbers that the same seed gives again (xorshift32). */
function numbers(seed: number): (below: number) => number {
  let state = seed || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const PIECES = [
  ...'()";\\$@*.\n\r\t \0\xff',
  '$TTL ',
  '$ORIGIN ',
  '$GENERATE 1-9 ',
  '$INCLUDE x\n',
  '\\# 4 ',
  ' IN ',
  ' 1h',
  ' SOA ',
  ' TXT ',
  '\\25',
  '4294967296',
  '-1',
  '\n\n',
  'xn--',
  '\u00fc',
  '; netgoat-disabled: ',
  '\n;netgoat-disabled: z 7 A 192.0.2.7\n',
  '\n A 192.0.2.8\n',
  '\r\n',
  ' ( \n',
  '1-65536',
  '${0,99,x}',
]
  .map((piece) => Buffer.from(piece))
  .concat(Buffer.of(0xe4), Buffer.of(0x5c, 0xff), Buffer.of(0x5c, 0x5c, 0x80));

function mutant(pick: (below: number) => number): Buffer {
  let octets = Buffer.from(SEEDS[pick(SEEDS.length)]!);
  for (let left = 1 + pick(4); left > 0; left -= 1) {
    const at = pick(octets.length + 1);
    const piece = PIECES[pick(PIECES.length)]!;
    const cut = at + pick(Math.min(8, octets.length - at + 1));
    const ways = [
      () => [octets.subarray(0, at), piece, octets.subarray(at)],
      () => [octets.subarray(0, at), octets.subarray(cut)],
      () => [octets.subarray(0, at), piece, octets.subarray(cut)],
      () => [octets.subarray(0, at), Buffer.of(pick(256)), octets.subarray(at + 1)],
      () => [octets.subarray(0, at)],
      () => [octets.subarray(0, at), octets.subarray(Math.floor(at / 2))],
    ];
    octets = Buffer.concat(ways[pick(ways.length)]!());
  }
  return octets;
}

/** How many records the file can be seen to have without a parser; undefined where that takes one. */
function countable(content: string): number | undefined {
  if (/[()"]|\$(?:GENERATE|INCLUDE)/i.test(content)) return undefined;
  return content
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.replace(MARK, '').replace(/(?<!\\)(?:\\\\)*;[^]*$/, ''))
    .filter((line) => line.trim() !== '' && !line.startsWith('$')).length;
}

interface Contents {
  readonly records: FileRecord[];
  readonly problems: Problem[];
}

async function contentsOf(chunks: Iterable<Buffer>): Promise<Contents> {
  const records: FileRecord[] = [];
  const { problems } = await readMasterFile(
    chunks,
    { origin: 'example.com', file: 'zone', mostProblems: Infinity },
    (record) => records.push(record),
  );
  return { records, problems };
}

/** What two spellings of a file have in common: all but the columns. */
function summaryOf({ records, problems }: Contents): string {
  return JSON.stringify([records, problems.map(({ place, rule }) => [place.line, rule])]);
}

/** The same but for the lines that they stand on. */
function servedIn({ records }: Contents): string {
  return JSON.stringify(records.filter(({ enabled }) => enabled).map((each) => ({ ...each, place: '' })));
}

/** What is wrong with how a file was read. */
function faultOf(octets: Buffer, { records, problems }: Contents): string | undefined {
  const lines = octets.toString('latin1').split('\n').length;
  for (const { place, message } of problems) {
    if (place.line < 1 || place.line > lines || place.column < 1) return `puts a problem at ${place.line}`;
    if (!/^[^\p{Cc}]+$/u.test(message)) return 'has a message that is no line';
  }
  const count = countable(octets.toString('utf8'));
  if (problems.length > 0 || count === undefined || count === records.length) return undefined;
  return `has ${count} records, and ${records.length} were read`;
}

/** How a file of another spelling is not the same. */
async function differenceIn(octets: Buffer): Promise<string | undefined> {
  const text = octets.toString('latin1');
  for (const { what, one, other, servedAlone } of SPELLINGS) {
    const [first, second] = [one(text), other(text)];
    if (first === second) continue;
    const before = await contentsOf([Buffer.from(first, 'latin1')]);
    const after = await contentsOf([Buffer.from(second, 'latin1')]);
    if (servedAlone === true && before.problems.length > 0) continue;
    const summary = servedAlone === true ? servedIn : summaryOf;
    if (summary(before) !== summary(after)) return `is another ${what}`;
  }
  return undefined;
}

async function examine(octets: Buffer, pick: (below: number) => number): Promise<string | undefined> {
  const start = performance.now();
  const contents = await contentsOf([octets]);
  if (performance.now() - start > SLOW_MS) return 'is slow';
  if (contents.records.length > MOST_COMPARED) return faultOf(octets, contents);
  if (summaryOf(await contentsOf(pieces(octets, pick))) !== summaryOf(contents))
    return 'is another in pieces';
  return faultOf(octets, contents) ?? (await differenceIn(octets));
}

function* pieces(octets: Buffer, pick: (below: number) => number): Generator<Buffer> {
  const most = 1 + pick(64);
  for (let at = 0; at < octets.length;) {
    const end = at + 1 + pick(most);
    yield octets.subarray(at, end);
    at = end;
  }
}

it(`${MUTANTS} mutants of master files do no harm (seed ${SEED})`, { timeout: 600_000 }, async () => {
  const pick = numbers(SEED);
  let fault: string | undefined;
  for (let at = 0; at < MUTANTS && fault === undefined; at += 1) {
    const octets = mutant(pick);
    fault = await examine(octets, pick).catch((error: unknown) => `throws ${String(error)}`);
    if (fault !== undefined) fault = `mutant ${at} ${fault}: ${JSON.stringify(octets.toString('latin1'))}`;
  }
  expect(fault).toBeUndefined();
});
