/*
 * `npm run bench:start [ROUNDS]`: what a start of netgoat costs, as multiples of `node -e 0` in the same run. The
 * cases take turns, so that a busy machine slows them alike.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[2] ?? 15);
const DOMAINS = 1_000;
/** Neither the user's code cache nor the build's. */
const NO_CACHE = { NODE_DISABLE_COMPILE_CACHE: '1' };
const root = fileURLToPath(new URL('..', import.meta.url));
const netgoat = join(root, 'bin', 'netgoat.js');
const folder = mkdtempSync(join(tmpdir(), 'netgoat-bench-'));
const warm = join(folder, 'warm');
const cold = join(folder, 'cold');
const env = { ...process.env, NETGOAT_DB: `embedded:${join(folder, 'store')}` };
/** A store with one document to show. */
const SMALL = { NETGOAT_DB: `embedded:${join(folder, 'small')}` };

/** Runs node; gives its wall time in ms. */
function time(args, caches, more = {}) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...env, XDG_CACHE_HOME: caches, ...more },
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
  return ms;
}

/** A start without a code cache of the user's: with the build's alone, if it was made by this node. */
function first(words) {
  rmSync(cold, { recursive: true, force: true });
  return time([netgoat, ...words], cold);
}

const cases = [
  { name: 'node -e 0', run: () => time(['-e', '0'], warm) },
  { name: '--help, first run', run: () => first(['--help']), limit: 1.6 },
  { name: '--help', run: () => time([netgoat, '--help'], warm), limit: 1.6 },
  { name: 'first document', run: () => time([netgoat, 'team', 'list'], warm, SMALL), limit: 2.6 },
  {
    name: 'first document, no cache',
    run: () => time([netgoat, 'team', 'list'], cold, { ...SMALL, ...NO_CACHE }),
    limit: 4.5,
  },
  { name: 'domain list, first run', run: () => first(['domain', 'list']), limit: 4.5 },
  { name: 'domain list, no cache', run: () => time([netgoat, 'domain', 'list'], cold, NO_CACHE), limit: 4.5 },
  { name: 'domain list', run: () => time([netgoat, 'domain', 'list'], warm), limit: 4 },
].map((each) => ({ ...each, times: [] }));

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

try {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  const hostnames = Array.from({ length: DOMAINS }, (_, n) => `shop-${n}.example.com\n`).join('');
  const write = { env, stdio: ['pipe', 'ignore', 'ignore'] };
  execFileSync(process.execPath, [netgoat, 'team', 'add', 'Bench'], write);
  execFileSync(process.execPath, [netgoat, 'team', 'add', 'Bench'], { ...write, env: { ...env, ...SMALL } });
  execFileSync(process.execPath, [netgoat, 'domain', 'add', '-', '--team', 'bench'], {
    ...write,
    input: hostnames,
  });
  for (const { run } of cases) run();
  for (let round = 0; round < rounds; round += 1) for (const { run, times } of cases) times.push(run());

  const base = median(cases[0].times);
  console.log(`${DOMAINS} domains on the embedded store, node ${process.version}, median of ${rounds}`);
  for (const { name, times, limit } of cases) {
    const ms = median(times);
    const ratio = (ms / base).toFixed(2);
    console.log(
      `${name.padEnd(26)}${ms.toFixed(0).padStart(6)} ms ${ratio.padStart(6)} x${limit ? `  (at most ${limit.toFixed(1)})` : ''}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
