import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { describeTarget, openStore, parseTarget } from '../../src/database/open.ts';
import { SCHEMA_VERSION } from '../../src/database/schema-stamp.ts';
import type { Store } from '../../src/database/store.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { holdOpen } from '../helpers/holder.ts';

const embedded = inject('store') === 'embedded';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('domain add shop.example.com --team acme');
});

async function onStore(work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openStore(parseTarget(plane.database, {}));
  await work(store).finally(() => store.close());
}

describe('db status', () => {
  it('says which database it is, what made it, its version, and what it holds', async () => {
    const status = await plane.json<Record<string, unknown>>('db status -o json');
    expect(status).toMatchObject({
      database: describeTarget(parseTarget(plane.database, {})),
      schema: {
        version: SCHEMA_VERSION,
        current: SCHEMA_VERSION,
        createdBy: expect.stringMatching(/^netgoat \d/),
      },
      version: 2,
      writer: null,
      collections: expect.arrayContaining([
        { name: 'domains', documents: 1 },
        { name: 'teams', documents: 1 },
        { name: 'dnsrecords', documents: 0 },
      ]),
    });
    if (embedded) {
      expect(status).toMatchObject({ kind: 'embedded', format: 1, transactions: true, processes: [] });
      expect(status['size']).toBeGreaterThan(8192);
    } else {
      expect(status).toMatchObject({ format: null, processes: null, deployment: expect.any(String) });
    }
  });

  it('is a table that names everything', async () => {
    const { stdout } = await plane.ok('db status');
    for (const line of [/^transactions +(yes|no)$/m, /^version +2$/m, /^writer +nobody$/m, /^domains +1$/m]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).toMatch(/^schema +3, made by netgoat \S+ 20/m);
  });

  it('names the writer, and says whether it is gone', async () => {
    const writer = { set: null, holder: 'elsewhere:1:x', until: new Date(Date.now() + 60_000) };
    const meta = (store: Store) => store.connection.collection<{ _id: string }>('meta');
    const put = (value: unknown) =>
      onStore((store) => meta(store).updateOne({ _id: 'version' }, { $set: { writer: value } }));
    try {
      await put(writer);
      expect(await plane.json('db status --json writer')).toMatchObject({
        writer: { holder: 'elsewhere:1:x', alive: true },
      });
      await put({ ...writer, until: new Date(0) });
      expect(await plane.json('db status --json writer')).toMatchObject({ writer: { alive: false } });
      expect((await plane.ok('db status')).stdout).toMatch(/^writer +process 1 on elsewhere, which is gone/m);
    } finally {
      await put(null);
    }
  });

  it('shows no password', async () => {
    const { stderr, stdout, code } = await plane.run('db status', {
      env: { NETGOAT_DB: 'mongodb://someone:hunter2@127.0.0.1:1/x' },
    });
    expect(code).toBe(5);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('is not for a token', async () => {
    const refused = await plane.run('db status', { env: { NETGOAT_TOKEN: 'ngt_something' } });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('a token does not reach the database as a whole');
  });
});

describe.runIf(embedded)('db status of an embedded store', () => {
  it.each(['status', 'check', 'upgrade', 'backup x'])('makes none by looking at it: %s', async (verb) => {
    const folder = join(plane.folder, 'mistyped', 'store');
    const result = await plane.run(`db ${verb} --db embedded:${folder}`);
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toContain(`there is no store in ${folder}`);
    expect(existsSync(join(plane.folder, 'mistyped'))).toBe(false);
  });

  it('names the other processes that have it open, and none that was killed', async () => {
    const folder = join(plane.folder, 'store');
    const [one, other] = await Promise.all([holdOpen(folder), holdOpen(folder)]);
    const pids = [one.pid, other.pid].toSorted((a, b) => a - b);
    expect(await plane.json('db status --json processes')).toEqual({ processes: pids });
    expect((await plane.ok('db status')).stdout).toMatch(
      new RegExp(`^also open in +${pids.join(', ')}$`, 'm'),
    );
    await one.end('killed');
    expect(await plane.json('db status --json processes')).toEqual({ processes: [other.pid] });
    await other.end();
    expect(await plane.json('db status --json processes')).toEqual({ processes: [] });
  });
});
