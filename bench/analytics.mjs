/*
 * `npm run bench:analytics [LINES…]` (default: 100000 1000000): `analytics ingest` of an access log, beside what
 * goaccess takes to make a report of the same file; lines a second, and the most memory of each (RssAnon: the pages of
 * the store's file are not its own). The totals are compared with those of awk. Each run is a process of its own,
 * start and all. Without goaccess (apt-get install goaccess) the rest is measured alone.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(100_000, 1_000_000);
const root = fileURLToPath(new URL('..', import.meta.url));
const netgoat = join(root, 'bin', 'netgoat.js');
const folder = await mkdtemp(join(tmpdir(), 'netgoat-bench-'));
const ROUNDS = 3;
const DOMAIN = 'shop.example.com';
const DAY = Date.UTC(2026, 0, 15);
const DAY_MS = 86_400_000;

const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  'curl/8.5.0',
];
const STATUSES = [200, 200, 200, 200, 200, 206, 301, 304, 404, 502];

/** A day of the combined format: many clients, pages and referers; the same each time. */
async function writeLog(file, lines) {
  const out = createWriteStream(file);
  let seed = 1;
  const random = (below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  for (let n = 0; n < lines; n += 1) {
    const time = new Date(DAY + Math.floor((n * DAY_MS) / lines)).toISOString().slice(11, 19);
    const client = `198.51.${random(256)}.${random(256)}`;
    const request = `GET /page/${random(2_000)}?q=${random(100)} HTTP/1.1`;
    const end = `"https://search.example/${random(500)}" "${AGENTS[random(3)]}"`;
    const line = `${client} - - [15/Jan/2026:${time} +0000] "${request}" ${STATUSES[random(10)]} ${random(90_000)} ${end}\n`;
    if (!out.write(line)) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
  await finished(out);
}

/** Runs a program; gives its wall time in ms and the most memory that it had of its own, in MiB. */
async function measure(program, args, env = {}) {
  const start = process.hrtime.bigint();
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, said, most] = ['', '', 0];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const timer = setInterval(() => {
    try {
      const kib = Number(
        /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0,
      );
      most = Math.max(most, kib / 1024);
    } catch {
      // It has ended.
    }
  }, 10);
  const code = await new Promise((ended) => child.on('close', ended));
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  clearInterval(timer);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${said}`);
  return { ms, most, out };
}

let stores = 0;

/** The environment of a store with the domain and nothing else. */
function newStore() {
  const env = { NETGOAT_DB: `embedded:${join(folder, `store-${(stores += 1)}`)}` };
  const run = (...words) =>
    execFileSync(process.execPath, [netgoat, ...words], { env: { ...process.env, ...env }, stdio: 'ignore' });
  run('team', 'add', 'Bench');
  run('domain', 'add', DOMAIN, '--team', 'bench');
  return env;
}

/** What awk counts: requests, bytes, and requests by the class of their status. */
function countWithAwk(file) {
  const program = `{ n += 1; bytes += $10; class[substr($9, 1, 1)] += 1 }
    END { printf "%d %.0f %d %d %d %d", n, bytes, class[2], class[3], class[4], class[5] }`;
  return execFileSync('awk', [program, file], { encoding: 'utf8' });
}

/** The same, of what was stored. */
function stored(env) {
  const words = [
    'analytics',
    'show',
    DOMAIN,
    '--since',
    '2026-01-15T00:00:00Z',
    '--until',
    '2026-01-16T00:00:00Z',
  ];
  const json = execFileSync(process.execPath, [netgoat, ...words, '--by', 'hour', '-o', 'json'], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { requests, bytesOut, status } = JSON.parse(json).totals;
  return [requests, bytesOut, ...['2xx', '3xx', '4xx', '5xx'].map((name) => status[name])].join(' ');
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function show(name, lines, runs) {
  const [ms, most] = [median(runs.map((run) => run.ms)), median(runs.map((run) => run.most))];
  const rate = Math.round((lines / ms) * 1000).toLocaleString('en-US');
  console.log(`${name}: ${(ms / 1000).toFixed(2)} s, ${rate} lines/s, at most ${most.toFixed(0)} MiB`);
  return { ms, most };
}

const hasGoaccess = spawnSync('goaccess', ['--version']).error === undefined;
if (!hasGoaccess) console.log('goaccess is not installed (apt-get install goaccess): measured alone');

try {
  const mosts = [];
  for (const lines of sizes) {
    const file = join(folder, `${lines}.log`);
    await writeLog(file, lines);
    const [ours, again, theirs] = [[], [], []];
    const ingest = [netgoat, 'analytics', 'ingest', file, '--domain', DOMAIN, '--strict'];
    let env;
    // They take turns, so that a busy machine slows them alike.
    for (let round = 0; round < ROUNDS; round += 1) {
      env = newStore();
      ours.push(await measure(process.execPath, ingest, env));
      again.push(await measure(process.execPath, ingest, env));
      if (!hasGoaccess) continue;
      const report = join(folder, 'report.json');
      theirs.push(await measure('goaccess', [file, '--log-format=COMBINED', '--no-progress', '-o', report]));
    }
    const [own, awk] = [stored(env), countWithAwk(file)];
    console.log(`\n${lines.toLocaleString('en-US')} lines, medians of ${ROUNDS} runs`);
    const { ms, most } = show('analytics ingest', lines, ours);
    mosts.push(most);
    show('the same again, all of it passed over', lines, again);
    if (hasGoaccess) {
      const peer = show('goaccess', lines, theirs);
      console.log(
        `goaccess / analytics ingest: ${(peer.ms / ms).toFixed(1)} in time, ${(peer.most / most).toFixed(1)} in memory`,
      );
    }
    console.log(
      `requests, bytes, 2xx, 3xx, 4xx, 5xx: ${own}; ${own === awk ? 'awk counts the same' : `AWK COUNTS ${awk}`}`,
    );
    if (own !== awk) process.exitCode = 1;
  }
  if (mosts.length > 1) {
    console.log(
      `\nmemory, ${sizes.at(-1)} lines / ${sizes[0]} lines: ${(mosts.at(-1) / mosts[0]).toFixed(2)}`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
