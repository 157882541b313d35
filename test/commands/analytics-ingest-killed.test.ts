import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { AnalyticsData } from '../../src/models/analytics-data.ts';
import type { LogCheckpoint } from '../../src/models/log-checkpoint.ts';
import { bundle } from '../helpers/bundle.ts';
import { controlPlane } from '../helpers/control-plane.ts';

const MINUTES = 600;
/** Hosts that nobody has, between one minute and the next: they fill chunks, and cost the store little. */
const STRANGERS = 30;

const plane = await controlPlane('team add Acme');
const store = await openStore(parseTarget(plane.database, {}));
const program = await bundle(
  'ingest-killed',
  `import { main } from './src/main.ts';
   process.exitCode = await main(process.argv.slice(2));`,
);
let made = 0;
let domain: string;

beforeEach(async () => {
  made += 1;
  domain = `d${made}.example`;
  await plane.ok(`domain add ${domain} --team acme`);
});

afterAll(async () => {
  await program.remove();
  await store.close();
});

/** Runs netgoat as a process. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [program.path, ...args], {
    cwd: plane.folder,
    env: { PATH: process.env['PATH'], USER: 'tester', NETGOAT_DB: plane.database },
    stdio: 'pipe',
  });
  // A test that fails leaves nobody counting.
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const ended = new Promise<NodeJS.Signals | number | null>((done) => {
    child.on('close', (code, signal) => done(signal ?? code));
  });
  return { child, ended, told: () => told };
}

/** A log of several chunks, in which each minute has two requests of the domain. */
async function log(): Promise<string> {
  const lines = Array.from({ length: MINUTES }, (_, n) => {
    const time = new Date(Date.UTC(2026, 9, 1) + n * 60_000).toISOString().slice(11, 19);
    const of = (host: string) => `${host} h - - [01/Oct/2026:${time} +0000] "GET / HTTP/1.1" 502 7\n`;
    const strangers = Array.from({ length: STRANGERS }, (_each, m) => of(`s${n}-${m}.invalid`));
    return [of(domain), ...strangers, of(`www.${domain}`)].join('');
  });
  await writeFile(join(plane.folder, `${domain}.log`), lines.join(''));
  await writeFile(join(plane.folder, `${domain}.log.gz`), gzipSync(lines.join('')));
  return `${domain}.log`;
}

/** That each minute of the log has its two requests. */
async function expectAllOnce(): Promise<void> {
  const { _id: domainId } = (await store.models.Domain.findOne({ hostname: domain }))!;
  const buckets = await store.models.AnalyticsData.find({ domainId }).lean<AnalyticsData[]>();
  const wrong = buckets.filter(
    ({ requests, badGateway, bytesOut }) => requests !== 2 || badGateway !== 2 || bytesOut !== 14,
  );
  expect(wrong.map(({ bucket, requests }) => [bucket, requests])).toEqual([]);
  expect(buckets).toHaveLength(MINUTES);
}

/** How far the log of this test is counted. */
async function checkpointOf(scope: string): Promise<LogCheckpoint | null> {
  return store.models.LogCheckpoint.findOne({ scope }).lean<LogCheckpoint>();
}

describe('ingest that is ended in the midst of a chunk', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)(
    'by %s counts each line once when it is run again',
    async (signal) => {
      const name = await log();
      const { _id: id } = (await store.models.Domain.findOne({ hostname: domain }))!;
      let offset = -1;
      for (let round = 0; round < 3; round += 1) {
        // The third reads the same log, packed.
        const file = round < 2 ? name : `${name}.gz`;
        const { child, ended, told } = start('analytics', 'ingest', file, '--domain', domain);
        for (;;) {
          const now = await checkpointOf(`domain ${String(id)}`);
          if (now !== null && now.pending !== null && now.offset > offset) {
            offset = now.offset;
            break;
          }
          if (child.exitCode !== null) break;
          await sleep(5);
        }
        child.kill(signal);
        const how = await ended;
        expect([signal, 0], told()).toContain(how);
        if (how === 'SIGINT') expect(told()).toContain('the same command counts the rest\n');
      }
      // It was ended at least twice before it was done.
      expect(offset).toBeGreaterThan(0);
      await plane.ok(`analytics ingest ${name} --domain ${domain}`);
      await expectAllOnce();
    },
  );
});

describe('two that count the same log at the same time', () => {
  it('count each line once; one of them may be refused', async () => {
    const name = await log();
    const both = [name, `${name}.gz`].map((file) => start('analytics', 'ingest', file, '--domain', domain));
    const codes = await Promise.all(both.map(({ ended }) => ended));
    for (const [at, code] of codes.entries()) expect([0, 4], both[at]!.told()).toContain(code);
    expect(codes).toContain(0);
    await plane.ok(`analytics ingest ${name} --domain ${domain}`);
    await expectAllOnce();
  });
});
