/*
 * `npm run bench:sync [NODES] [DOMAINS] [ROUNDS]`: one `sync serve`, many edge nodes, one domain changed a round: the
 * bytes that go out, the time from the write to each ACK, the memory of the server; beside what `ws` alone takes to
 * send the same text to as many sockets. Then a snapshot of 100 MiB to `sync edge-node`, with the memory of both,
 * beside `ws` alone sending as much.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [nodes = 100, domains = 10_000, rounds = 20] = process.argv.slice(2).map(Number);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'netgoat-bench-'));
const netgoat = join(root, 'bin', 'netgoat.js');
const runner = join(root, 'scripts', 'run.mjs');
const MIB = 1024 * 1024;
const children = [];

/** A program that tells what it does in lines of JSON. */
function start(args, env) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    next: async () => {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${args.join(' ')} ended`);
      return JSON.parse(value);
    },
    until: async function (event) {
      for (;;) {
        const said = await this.next();
        if (said.event === event) return said;
      }
    },
  };
}

/** Looks all the time how much memory a process has of its own; mapped pages of the store's file are not. */
function watchMemory({ pid }) {
  let [now, most] = [0, 0];
  const look = () => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    now = Math.round(Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024);
    most = Math.max(most, now);
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch {
      clearInterval(timer);
    }
  }, 20);
  return () => (look(), `${now} MiB, at most ${most} MiB`);
}

function at(times, share) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function show(name, times) {
  console.log(`${name}: p50 ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms`);
}

/** A store with so many domains and a token for edges. */
function makeStore(name, count, bytes) {
  const env = { NETGOAT_DB: `embedded:${join(folder, name)}` };
  const run = (words, input) =>
    execFileSync(process.execPath, [netgoat, ...words.split(' ')], {
      env: { ...process.env, ...env },
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  run('team add Bench');
  run('domain add bench.example --team bench');
  run('dns add bench.example www A 192.0.2.1');
  run('proxy edge-function add bench.example f --on request --file -', 'x');
  run('user add edge@bench.example --team bench');
  const token = run('user token create edge@bench.example --name e --scope edge -o name').trim();
  execFileSync(process.execPath, [runner, 'bench/sync/fill.ts', String(count - 1), String(bytes)], {
    env: { ...process.env, ...env },
    cwd: root,
  });
  return { run, env: { ...env, NETGOAT_EDGE_TOKEN: token } };
}

const serveOn = ({ env }) =>
  start([netgoat, 'sync', 'serve', '--listen', '127.0.0.1:0', '--log', 'json'], env);

async function measureRaw(file, sockets, parts, times) {
  const server = start([runner, 'bench/sync/raw.ts', file, sockets, parts].map(String));
  const { url } = await server.next();
  start([runner, 'bench/sync/fleet.ts', url, sockets, file, '--raw', parts].map(String));
  const took = [];
  for (let round = 0; round < times; round += 1) {
    server.child.stdin.write('go\n');
    took.push(...(await server.next()).times);
  }
  return took;
}

async function measureFleet() {
  const store = makeStore('fleet', domains, 200);
  const server = serveOn(store);
  const { url } = await server.until('listening');
  const memory = watchMemory(server.child);
  console.log(`serve, no node yet: ${memory()}`);
  const text = join(folder, 'delta');
  const fleet = start([runner, 'bench/sync/fleet.ts', url, nodes, text].map(String), store.env);
  const first = await acksOf(fleet);
  const [{ bytes }] = first;
  console.log(
    `${nodes} nodes, ${domains} domains: ${count(first, 'snapshot')} snapshots of ${bytes} bytes each`,
  );
  console.log(`serve, all connected: ${memory()}`);
  for (let each = 0; each < nodes; each += 1) await server.until('acked');
  const [sinceWrite, sinceSend, all] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    store.run(`dns set bench.example www A 192.0.2.${(round % 250) + 2}`);
    const acks = await acksOf(fleet);
    const [set] = JSON.parse(store.run('history list --limit 1 --json version,at'));
    const written = Date.parse(set.at);
    all.push(...acks);
    sinceWrite.push(...acks.filter(({ version }) => version === set.version).map((ack) => ack.at - written));
    for (let each = 0; each < nodes; each += 1) sinceSend.push((await server.until('acked')).ms);
  }
  const sent = all.reduce((sum, ack) => sum + ack.bytes, 0);
  console.log(
    `${rounds} writes of one domain: ${count(all, 'delta')} deltas, ${count(all, 'snapshot')} snapshots`,
  );
  console.log(
    `bytes to a node for a write: ${Math.round(sent / all.length)}, ${(bytes / (sent / all.length)).toFixed(0)} times less than a snapshot`,
  );
  show('from the write to the ACK (a look at the store every 250 ms)', sinceWrite);
  show('from sending to the ACK', sinceSend);
  console.log(`serve, at the end: ${memory()}`);
  store.run('user token revoke edge@bench.example e --yes');
  const revoked = Date.now();
  for (let each = 0; each < nodes; each += 1) await server.until('disconnected');
  console.log(`the token revoked: the last of ${nodes} connections closed ${Date.now() - revoked} ms later`);
  fleet.child.kill();
  server.child.kill();
  const raw = await measureRaw(text, nodes, 1, rounds);
  show('ws alone, the same text to as many sockets', raw);
  for (const share of [0.5, 0.99]) {
    console.log(
      `from sending to the ACK / ws alone, p${share * 100}: ${(at(sinceSend, share) / at(raw, share)).toFixed(2)}`,
    );
  }
}

async function acksOf(fleet) {
  const acks = [];
  while (acks.length < nodes) acks.push(await fleet.next());
  return acks;
}

/** Without it Node takes what the machine has before it tidies up. */
const HEAP = '--max-old-space-size=64';

const count = (acks, by) => acks.filter((ack) => ack.by === by).length;

async function measureSnapshot() {
  const store = makeStore('large', 100, MIB);
  const server = serveOn(store, HEAP);
  const { url } = await server.until('listening');
  const node = start(
    [HEAP, netgoat, 'sync', 'edge-node', '--state', join(folder, 'node'), '--connect', url, '--log', 'json'],
    store.env,
  );
  const memories = [server, node].map(({ child }) => watchMemory(child));
  const { bytes, ms } = await server.until('acked');
  await node.until('acked');
  console.log(
    `a snapshot of ${(bytes / MIB).toFixed(0)} MiB to edge-node, checked and on its disk: ${ms} ms (${HEAP})`,
  );
  console.log(`serve: ${memories[0]()}; edge-node: ${memories[1]()}`);
  const part = join(folder, 'part');
  const fleet = start([runner, 'bench/sync/fleet.ts', url, 1, part].map(String), store.env);
  const light = await server.until('acked');
  await fleet.next();
  const [raw] = await measureRaw(part, 1, Math.round(bytes / MIB), 1);
  console.log(`the same to a node that does not look at it: ${light.ms} ms; ws alone: ${raw.toFixed(0)} ms`);
  console.log(`snapshot / ws alone: ${(light.ms / raw).toFixed(2)}`);
}

try {
  await measureFleet();
  for (const child of children.splice(0)) child.kill();
  await measureSnapshot();
} finally {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
