import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { newId } from '../../src/models/base.ts';
import { bundle } from '../helpers/bundle.ts';
import type { Bundle } from '../helpers/bundle.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

const MIB = 1024 * 1024;
/** Domains with an edge function of 1 MiB, and others with a record alone. */
const LARGE = 100;
const SMALL = 2_000;
/** What the heap may take; without it node takes what the machine has. */
const HEAP_MIB = 64;

let plane: ControlPlane;
let program: Bundle;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('domain add a.example --team acme');
  await plane.ok('dns add a.example @ A 192.0.2.1');
  await plane.ok('proxy edge-function add a.example big --on request --file -', { stdin: 'x' });
  const store = await openStore(parseTarget(plane.database, {}));
  await fill(store).finally(() => store.close());
  program = await bundle(
    'edge-memory',
    `import { main } from './src/main.ts'; process.exitCode = await main(process.argv.slice(2));`,
  );
});

afterAll(() => program.remove());

/** Copies of what the commands made, without their Changes, so that it does not take minutes. */
async function fill({ models }: Store): Promise<void> {
  const { Domain, DNSRecord, ProxyConfig } = models;
  const [domain, record, proxy] = await Promise.all(
    [Domain, DNSRecord, ProxyConfig].map((model) => model.collection.findOne()),
  );
  const code = 'ab,"\\ü'.repeat(MIB / 7);
  const edgeFunctions = [{ ...proxy!['edgeFunctions'][0], code }];
  for (let at = 0; at < LARGE + SMALL; at += 500) {
    const count = Math.min(500, LARGE + SMALL - at);
    const domains = Array.from({ length: count }, (_, index) => {
      return { ...domain, _id: newId(), hostname: `d${at + index}.example.com` };
    });
    await Domain.collection.insertMany(domains);
    await DNSRecord.collection.insertMany(
      domains.map(({ _id: domainId }) => ({ ...record, _id: newId(), domainId })),
    );
    if (at > 0) continue;
    for (const { _id: domainId } of domains.slice(0, LARGE)) {
      await ProxyConfig.collection.insertOne({ ...proxy, _id: newId(), domainId, edgeFunctions });
    }
  }
}

async function run(command: string): Promise<string> {
  const args = [`--max-old-space-size=${HEAP_MIB}`, program.path, ...command.split(' ')];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: plane.folder,
    env: { PATH: process.env['PATH'], NETGOAT_DB: plane.database },
  });
  return stdout;
}

describe('a payload of 100 MiB', { timeout: 300_000 }, () => {
  it.each(['ndjson', 'edge'])('as %s is shown, and verified, with a heap of 64 MiB', async (format) => {
    await run(`sync show --format ${format} --out payload.${format}`);
    expect((await stat(join(plane.folder, `payload.${format}`))).size).toBeGreaterThan(LARGE * MIB);
    const verified = JSON.parse(await run(`sync verify payload.${format} -o json`)) as object;
    expect(verified).toMatchObject({ format, domains: LARGE + SMALL + 1, problems: [] });
  });
});
