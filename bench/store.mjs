/*
 * `npm run bench:store [URI] [ROUNDS]`: rates of the embedded store through the MongoDB driver, on documents and
 * indexes as netgoat has them, beside those of a peer: the server that the URI names, or else the one beside the
 * repository. The two take turns at each case, so that a busy machine slows them alike; what counts is the ratio.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import mongoose from 'mongoose';

const DOMAINS = 2_000;
const RECORDS = 10;
const root = fileURLToPath(new URL('..', import.meta.url));
const lookAlike = join(root, '..', 'shared', 'standalone-server', 'start');
const [uri = process.env.NETGOAT_BENCH_URI] = process.argv.slice(2).filter((word) => word.includes('://'));
const rounds = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 5);
const { MongoClient, ObjectId } = mongoose.mongo;

/** The store and the indexes of the models, out of TypeScript. */
async function load() {
  const outfile = join(root, 'node_modules', '.cache', 'netgoat-bench.mjs');
  await build({
    stdin: {
      contents: `export { openEmbedded } from './src/embedded/open.ts';
        import { dnsRecordSchema } from './src/models/dns-record.ts';
        import { domainSchema } from './src/models/domain.ts';
        export const indexes = { domains: domainSchema().indexes(), records: dnsRecordSchema().indexes() };`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  const loaded = await import(pathToFileURL(outfile).href);
  await rm(outfile);
  return loaded;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The peer's URI and how to end it; undefined where there is none. */
async function startPeer() {
  if (uri !== undefined) return { uri, stop: () => {} };
  if (!existsSync(lookAlike)) return undefined;
  const server = spawn(lookAlike, [String(await freePort())], { stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve) => {
    let text = '';
    server.on('error', () => resolve(undefined));
    server.on('exit', () => resolve(undefined));
    server.stdout.on('data', (chunk) => {
      text += chunk;
      const [found] = /mongodb:\/\/\S+/.exec(text) ?? [];
      if (found) resolve({ uri: found, stop: () => server.kill() });
    });
  });
}

const domains = Array.from({ length: DOMAINS }, (_, n) => ({
  _id: new ObjectId(),
  teamId: new ObjectId('650000000000000000000001'),
  hostname: `shop-${n}.example.com`,
  reversedName: `com.example.shop-${n}`,
  revision: 1,
}));
const records = domains.flatMap(({ _id: domainId, teamId }, n) =>
  Array.from({ length: RECORDS }, (_, i) => ({
    _id: new ObjectId(),
    teamId,
    domainId,
    name: `host-${i}`,
    type: 'A',
    value: { address: `192.0.${n % 256}.${i}` },
    valueHash: `${n}-${i}`.padStart(64, '0'),
    ttl: 300,
    proxied: false,
    enabled: true,
    comment: '',
    tags: [],
    revision: 1,
  })),
);
const lookup = { from: 'records', localField: '_id', foreignField: 'domainId', as: 'records' };
const some = (n) => Array.from({ length: n }, (_, i) => domains[(i * 7919) % DOMAINS]);

/** Runs one thing after the other, as one client does. */
async function each(list, run) {
  for (const item of list) await run(item);
  return list.length;
}

function expectCount(found, wanted) {
  if (found !== wanted) throw new Error(`${found} documents instead of ${wanted}`);
}

/** Each gives how many things it did; `limit` is the ratio to the peer that is asked for, 1 the aim of each. */
const CASES = [
  {
    name: 'insertMany, documents',
    limit: 0.8,
    run: async (db) => (await db.collection('records').insertMany(records)).insertedCount,
    before: async (db, indexes) => {
      await db.dropDatabase();
      for (const [name, list] of Object.entries(indexes))
        for (const [key, { unique = false }] of list)
          await db.collection(name).createIndex(key, unique ? { unique } : {});
      await db.collection('domains').insertMany(domains);
    },
  },
  {
    name: 'find all, documents',
    limit: 0.6,
    run: async (db) => (await db.collection('records').find().toArray()).length,
  },
  {
    name: 'find by an index, queries',
    limit: 1,
    run: (db) =>
      each(some(200), async ({ _id: domainId }) =>
        expectCount((await db.collection('records').find({ domainId }).toArray()).length, RECORDS),
      ),
  },
  {
    name: 'findOne by a unique key',
    limit: 0.6,
    run: (db) =>
      each(some(400), async ({ hostname, _id: id }) =>
        expectCount(Number((await db.collection('domains').findOne({ hostname }))?._id.equals(id)), 1),
      ),
  },
  {
    name: 'updateOne by a unique key',
    limit: 0.3,
    run: (db, round) =>
      each(some(200), async ({ hostname }) =>
        expectCount(
          (await db.collection('domains').updateOne({ hostname }, { $set: { revision: round + 2 } }))
            .modifiedCount,
          1,
        ),
      ),
  },
  {
    name: 'merged by $lookup, domains',
    run: async (db) => {
      const found = await db
        .collection('domains')
        .aggregate([{ $sort: { hostname: 1 } }, { $lookup: lookup }])
        .toArray();
      expectCount(found.at(-1).records.length, RECORDS);
      return found.length;
    },
    // the look-alike joins without an index
    slow: true,
  },
  {
    name: 'the same by finds, domains',
    run: async (db) => {
      const found = await db.collection('domains').find().sort({ hostname: 1 }).toArray();
      expectCount((await db.collection('records').find().toArray()).length, records.length);
      return found.length;
    },
  },
];

async function rateOf({ run }, db, round) {
  const start = process.hrtime.bigint();
  const count = await run(db, round);
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
}

/** The rates of every case, on every database in turn. */
async function measure(databases, indexes) {
  const rates = databases.map(() => CASES.map(() => []));
  for (let round = 0; round < rounds; round += 1)
    for (const [at, item] of CASES.entries())
      for (const [which, db] of databases.entries()) {
        if (item.slow && which > 0 && round > 0) continue;
        await item.before?.(db, indexes);
        rates[which][at].push(await rateOf(item, db, round));
      }
  return rates.map((cases) => cases.map((list) => list.toSorted((a, b) => a - b)[list.length >> 1]));
}

const shown = (value) => (value === undefined ? '' : Math.round(value).toLocaleString('en'));

function printRow(name, ...columns) {
  console.log(name.padEnd(30) + columns.map((text) => text.padStart(11)).join(''));
}

function print([ours, theirs]) {
  printRow('per second', 'embedded', theirs ? 'peer' : '', theirs ? 'ratio' : '', 'at least');
  for (const [at, { name, limit }] of CASES.entries()) {
    const ratio = theirs ? (ours[at] / theirs[at]).toFixed(2) : '';
    printRow(name, shown(ours[at]), shown(theirs?.[at]), ratio, limit && theirs ? limit.toFixed(1) : '');
  }
  printRow('merged / the same by finds', (ours.at(-2) / ours.at(-1)).toFixed(2), '', '', '0.5');
}

const folder = await mkdtemp(join(tmpdir(), 'netgoat-bench-'));
const { openEmbedded, indexes } = await load();
const store = await openEmbedded(folder);
const peer = await startPeer();
const clients = [store.uri('bench'), ...(peer ? [peer.uri] : [])].map((address) => new MongoClient(address));
try {
  console.log(
    `${DOMAINS} domains × ${RECORDS} records, node ${process.version}, median of ${rounds}, load ${loadavg()[0].toFixed(1)}`,
  );
  if (!peer) console.log(`No peer: name a server by its URI (${lookAlike} is not there)`);
  print(
    await measure(
      clients.map((client) => client.db('netgoat-bench')),
      indexes,
    ),
  );
} finally {
  for (const client of clients) await client.close();
  peer?.stop();
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
