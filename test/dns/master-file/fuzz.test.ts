import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import type { FileRecord } from '../../../src/dns/master-file/file-record.ts';
import { readMasterFile } from '../../../src/dns/master-file/read.ts';
import { SEEDS } from './seeds.ts';

// Files with a few octets changed: the reader never throws, never hangs, and skips nothing without a word.

const MUTANTS = Number(process.env['NETGOAT_FUZZ'] ?? 3_000);
const SEED = Number(process.env['NETGOAT_FUZZ_SEED'] ?? 1);
const SLOW_MS = 1_000;

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
  ' ( \n',
  '1-65536',
  '${0,99,x}',
].map((piece) => Buffer.from(piece));

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
    .map((line) => line.replace(/^; netgoat-disabled: /, '').replace(/(?<!\\)(?:\\\\)*;[^]*$/, ''))
    .filter((line) => line.trim() !== '' && !/^\r*\$/.test(line)).length;
}

async function examine(octets: Buffer): Promise<string | undefined> {
  const records: FileRecord[] = [];
  const start = performance.now();
  const { problems } = await readMasterFile(
    [octets],
    { origin: 'example.com', file: 'zone', mostProblems: Infinity },
    (record) => records.push(record),
  );
  if (performance.now() - start > SLOW_MS) return 'is slow';
  const lines = octets.toString('latin1').split('\n').length;
  for (const { place, message } of problems) {
    if (place.line < 1 || place.line > lines || place.column < 1) return `puts a problem at ${place.line}`;
    if (!/^[^\p{Cc}]+$/u.test(message)) return 'has a message that is no line';
  }
  const count = countable(octets.toString('utf8'));
  if (problems.length > 0 || count === undefined || count === records.length) return undefined;
  return `has ${count} records, and ${records.length} were read`;
}

it(`${MUTANTS} mutants of master files do no harm (seed ${SEED})`, { timeout: 600_000 }, async () => {
  const pick = numbers(SEED);
  let fault: string | undefined;
  for (let at = 0; at < MUTANTS && fault === undefined; at += 1) {
    const octets = mutant(pick);
    fault = await examine(octets).catch((error: unknown) => `throws ${String(error)}`);
    if (fault !== undefined) fault = `mutant ${at} ${fault}: ${JSON.stringify(octets.toString('latin1'))}`;
  }
  expect(fault).toBeUndefined();
});
