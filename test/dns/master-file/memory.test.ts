import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../../helpers/bundle.ts';
import type { Bundle } from '../../helpers/bundle.ts';

/** What the heap may take; without it node takes what the machine has. */
const HEAP_MIB = 64;
const RECORDS = 4_000;
const LONG = 64 * 1024;

/** Files of 250 MiB of which little is kept: the lines with each record. */
const FILES: Record<string, (owner: string, value: string) => string> = {
  'records below long comments': (owner, value) => `; ${'-'.repeat(LONG)}\n${owner} ${value}\n`,
  'records on long lines': (owner, value) => `${owner} ${value}${' '.repeat(LONG)}; said of it\n`,
};

let program: Bundle;

beforeAll(async () => {
  program = await bundle(
    'master-file-memory',
    `import { main } from './src/main.ts'; process.exitCode = await main(process.argv.slice(2));`,
  );
});

afterAll(() => program.remove());

function* zone(lines: (owner: string, value: string) => string): Generator<string> {
  yield '$TTL 300\n';
  for (let at = 0; at < RECORDS; at += 1) {
    yield lines(`host-of-the-number-${at}`, `CNAME host-of-the-number-${at}.example.net.`);
  }
}

it.each(Object.entries(FILES))(`%s are checked with a heap of ${HEAP_MIB} MiB`, async (_, lines) => {
  const args = [`--max-old-space-size=${HEAP_MIB}`, program.path];
  const child = spawn(process.execPath, [...args, 'dns', 'check', '--file', '-', '--origin', 'example.com']);
  const [stderr] = await Promise.all([
    text(child.stderr),
    once(child, 'close'),
    pipeline(Readable.from(zone(lines)), child.stdin).catch(() => undefined),
  ]);
  expect(stderr).toContain(`${RECORDS} records: 0 errors`);
});
