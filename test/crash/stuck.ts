import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { openEmbedded } from '../../src/embedded/open.ts';
import { bundle, type Bundle } from '../helpers/bundle.ts';
import { modelsOf } from './operations.ts';
import { killed, problemsIn } from './round.ts';

/** A lock of a dead process that holds others up for longer has left them stuck. */
const STUCK_MS = 15_000;
/** As many records as need several transactions, so that the writer's lease is taken. */
const RECORDS = 2_000;

/** What came of one case; fine if nothing is wrong. */
export interface Case {
  readonly name: string;
  readonly wrong: readonly string[];
  /** How long whoever came next had to wait. */
  readonly waitedMs: number;
}

/** Starts a process that takes LMDB's writer lock and keeps it. */
async function holder(worker: Bundle, folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [worker.path, 'hold', folder], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  const holds = once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  child.send({ go: true });
  await holds;
  return child;
}

/** A process dies inside an LMDB write transaction, while another waits to write. */
export async function diesWithLock(worker: Bundle, folder: string): Promise<Case> {
  const store = await openEmbedded(folder);
  const connection = await mongoose.createConnection(store.uri('crash')).asPromise();
  const { Count, Record } = modelsOf(connection);
  await Promise.all([Count.init(), Record.init()]);
  const before = await Record.countDocuments();
  const child = await holder(worker, folder);
  const wrong: string[] = [];
  let written = false;
  const write = Count.updateOne({ _id: 'waits' }, { $inc: { n: 1 } }, { upsert: true }).then(() => {
    written = true;
  });
  if ((await Record.countDocuments()) !== before) wrong.push('a change was seen before it was committed');
  if (written) wrong.push('two processes were in a write transaction at once');
  await killed(child);
  const start = performance.now();
  await Promise.race([write, sleep(STUCK_MS, undefined, { ref: false })]);
  const waitedMs = performance.now() - start;
  if (!written) wrong.push(`the other writer was still waiting after ${STUCK_MS} ms`);
  if ((await Record.countDocuments()) !== before) wrong.push('half of a write is there');
  await connection.close();
  await store.close();
  wrong.push(...(await problemsIn(folder)));
  return { name: 'a writer that waits while the holder of the lock dies', wrong, waitedMs };
}

/** A process dies inside an LMDB write transaction, and the next comes later. */
export async function diesAlone(worker: Bundle, folder: string): Promise<Case> {
  await killed(await holder(worker, folder));
  const start = performance.now();
  const store = await openEmbedded(folder);
  const connection = await mongoose.createConnection(store.uri('crash')).asPromise();
  await modelsOf(connection).Count.updateOne({ _id: 'later' }, { $inc: { n: 1 } }, { upsert: true });
  const waitedMs = performance.now() - start;
  await connection.close();
  await store.close();
  return { name: 'a writer that comes later', wrong: await problemsIn(folder), waitedMs };
}

/** netgoat with a store of its own. */
class Cli {
  private readonly file: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor(file: string, folder: string) {
    this.file = file;
    this.env = { ...process.env, NETGOAT_DB: `embedded:${folder}`, NO_COLOR: '1' };
  }

  start(words: string, stdin = ''): ChildProcess {
    const child = spawn(process.execPath, [this.file, ...words.split(' ')], { env: this.env });
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    return child;
  }

  /** Runs a command that must succeed; gives what it printed. */
  async run(words: string, stdin?: string): Promise<string> {
    const child = this.start(words, stdin);
    let [out, problem] = ['', ''];
    child.stdout?.on('data', (chunk) => (out += String(chunk)));
    child.stderr?.on('data', (chunk) => (problem += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`netgoat ${words}: exit code ${code}: ${problem}`);
    return out;
  }
}

/**
 * A process dies that runs a large set in steps and so holds netgoat's own lease: once before it has written a record,
 * once in the midst. The next command goes on.
 */
export async function diesWithLease(folder: string): Promise<Case[]> {
  const program = await bundle('crash-cli', `import './test/crash/cli.ts'`);
  try {
    const cli = new Cli(program.path, folder);
    await cli.run('team add Crash');
    await cli.run('domain add crash.example.com --team crash');
    return [await killedAt('lease', cli, folder), await killedAt('records', cli, folder)];
  } finally {
    await program.remove();
  }
}

async function killedAt(moment: 'lease' | 'records', cli: Cli, folder: string): Promise<Case> {
  const list = async () =>
    (JSON.parse(await cli.run('dns list crash.example.com -o json')) as unknown[]).length;
  const wrong: string[] = [];
  const before = await list();
  const lines = Array.from({ length: RECORDS }, (_, i) => `${moment}-${i} A 192.0.2.${i % 250}\n`).join('');
  const child = cli.start('dns add crash.example.com -', lines);
  child.stdout?.resume();
  if (!(await reached(moment, folder, before, child)))
    wrong.push('the command was done before it could be killed');
  await killed(child);
  const start = performance.now();
  const next = cli.run(`dns add crash.example.com after-${moment} A 192.0.2.1`).catch((error: Error) => {
    wrong.push(error.message);
  });
  await Promise.race([next, sleep(STUCK_MS * 3, undefined, { ref: false })]);
  const waitedMs = performance.now() - start;
  if (waitedMs > STUCK_MS) wrong.push(`the next command took ${Math.round(waitedMs)} ms`);
  // the next command finishes the set of the dead one, or undoes it
  const added = (await list()) - before;
  if (![1, RECORDS + 1].includes(added)) wrong.push(`${added} records were added`);
  wrong.push(...(await problemsIn(folder)));
  const outcome = added > 1 ? 'rolled forward' : 'undone';
  return { name: `the next command after one that died with the ${moment} (${outcome})`, wrong, waitedMs };
}

/** Waits until a command holds the lease, or has written a part of its set; false if it ended first. */
async function reached(
  moment: 'lease' | 'records',
  folder: string,
  before: number,
  child: ChildProcess,
): Promise<boolean> {
  const store = await openEmbedded(folder);
  const connection = await mongoose.createConnection(store.uri('netgoat')).asPromise();
  try {
    while (child.exitCode === null) {
      const version = await connection.collection('meta').findOne({ _id: 'version' as never });
      const records = await connection.collection('dnsrecords').countDocuments();
      if (version?.['writer'] && (moment === 'lease' || records > before)) return true;
      await sleep(5);
    }
    return false;
  } finally {
    await connection.close();
    await store.close();
  }
}
