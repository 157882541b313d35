/*
 * `npm run bench:zone [RECORDS] [ROUNDS]`: reading, checking, importing and exporting one large zone, as multiples of
 * what named-compilezone and ldns-read-zone take for the same file. Every case is a process of its own, start and all;
 * they take turns, so that a busy machine slows them alike. A peer that is not installed is left out.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const records = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.argv[3] ?? 3);
const root = fileURLToPath(new URL('..', import.meta.url));
const netgoat = join(root, 'bin', 'netgoat.js');
const folder = await mkdtemp(join(tmpdir(), 'netgoat-bench-'));
const zone = join(folder, 'zone');
const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
const ZONE = 'example.com';

/** Hosts, mail, text and aliases, as a hoster's zone has them; the SOA first, for the peers want one. */
async function writeZone() {
  const out = createWriteStream(zone);
  out.write('$TTL 300\n@ IN SOA ns1.example.net. hostmaster 1 7200 3600 1209600 300\n');
  out.write('@ NS ns1.example.net.\n@ NS ns2.example.net.\n');
  for (let n = 0; n < records - 3; n += 1) {
    const lines = [
      `host${n} 3600 IN A 10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}\n`,
      `host${n} IN AAAA 2001:db8::${(n >> 16).toString(16)}:${(n & 65535).toString(16)}\n`,
      `host${n} IN TXT "site ${n}; owner=team-${n % 97}"\n`,
      `host${n} IN MX 10 mail${n % 50}.example.net.\n`,
      `alias${n} CNAME host${n - 4}\n`,
    ];
    if (!out.write(lines[n % 5])) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
  await finished(out);
}

function isInstalled(program) {
  return spawnSync(program, ['-v']).error === undefined;
}

/** Runs a program; gives its wall time in ms. */
function time(program, args, database) {
  const start = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(program, args, {
    env: { ...env, ...(database && { NETGOAT_DB: `embedded:${database}` }) },
    maxBuffer: 1 << 30,
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error ?? stderr}`);
  return ms;
}

const run = (words, database) => time(process.execPath, [netgoat, ...words], database);

/** A store with the domain and nothing in it. */
function newStore(name) {
  const store = join(folder, name);
  run(['team', 'add', 'Bench'], store);
  run(['domain', 'add', ZONE, '--team', 'bench'], store);
  return store;
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
let stores = 0;
let full;
// Without `-i local` it asks the resolver for every host of another zone.
const peers = [
  {
    name: 'named-compilezone',
    run: () => time('named-compilezone', ['-q', '-i', 'local', '-o', join(folder, 'compiled'), ZONE, zone]),
  },
  { name: 'ldns-read-zone', run: () => time('ldns-read-zone', [zone]) },
].filter(({ name }) => isInstalled(name));
const cases = [
  ...peers,
  { name: 'dns check --file', run: () => run(['dns', 'check', '--file', zone, '--origin', ZONE]) },
  {
    name: 'dns import',
    run: () => {
      full = newStore(`store-${(stores += 1)}`);
      return run(['dns', 'import', ZONE, zone, '--with-apex-ns', '--yes'], full);
    },
  },
  {
    name: 'dns import, no change',
    run: () => run(['dns', 'import', ZONE, zone, '--with-apex-ns', '--yes'], full),
  },
  {
    name: 'dns export',
    run: () => run(['dns', 'export', ZONE, '--out', join(folder, 'out'), '--force'], full),
  },
].map((each) => ({ ...each, times: [] }));

try {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  await writeZone();
  const { size } = await stat(zone);
  for (let round = 0; round < rounds; round += 1) for (const each of cases) each.times.push(each.run());
  console.log(
    `${records} records, ${(size / 1e6).toFixed(1)} MB, node ${process.version}, embedded store, median of ${rounds}`,
  );
  for (const name of ['named-compilezone', 'ldns-read-zone']) {
    if (!peers.some((peer) => peer.name === name)) console.log(`${name} is not installed`);
  }
  console.log(['', 'ms', ...peers.map(({ name }) => `x ${name}`)].map(column).join(''));
  for (const { name, times } of cases) {
    const ms = median(times);
    const ratios = peers.map((_, at) => (ms / median(cases[at].times)).toFixed(2));
    console.log([name, ms.toFixed(0), ...ratios].map(column).join(''));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function column(text, at) {
  return at === 0 ? text.padEnd(24) : text.padStart(22);
}
