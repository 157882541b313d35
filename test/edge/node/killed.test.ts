import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startEdgeNode } from '../../helpers/edge-node.ts';
import { runCli } from '../../helpers/run-cli.ts';
import type { Bundle } from '../../helpers/bundle.ts';
import { edgeDomainOf } from '../fixtures.ts';
import { bundleNetgoat, startProcess } from './child.ts';
import { reach, stateOf } from './control.ts';

let netgoat: Bundle;
beforeAll(async () => {
  netgoat = await bundleNetgoat();
});
afterAll(() => netgoat.remove());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netgoat-test-edge-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const small = stateOf(1, [edgeDomainOf('a.example')]);
const domains = Array.from({ length: 16 }, (_, n) =>
  edgeDomainOf(`n${n + 10}.example`, { team: 'x'.repeat(1_000_000) }),
);
const large = stateOf(2, domains);
const delta = {
  base: 1,
  upserts: domains.map((each) => JSON.stringify(each)),
  deletes: ['a.example'],
};

const temporaries = async () => (await readdir(folder)).filter((name) => name.endsWith('.tmp'));

describe('an edge node that is killed', () => {
  it.each([
    ['a snapshot', null],
    ['a delta', delta],
  ])('in the middle of writing %s holds what it held before', async (_, way) => {
    let halves = 0;
    for (let round = 0; round < 5; round += 1) {
      const node = await startProcess(netgoat.path, folder);
      const control = await reach(node.url);
      await control.bring(small);
      const old = await readFile(join(folder, 'payload.ndjson'), 'utf8');
      const bringing = control.bring(large, way);
      while ((await temporaries()).length === 0) await sleep(1);
      await sleep(round * 4);
      expect(await node.kill('SIGKILL')).toBe('SIGKILL');
      const isHalf = (await temporaries()).length > 0;
      halves += isHalf ? 1 : 0;
      const { result } = await bringing;
      const again = await startEdgeNode(undefined, { folder });
      const { hello } = await reach(again.url);
      expect(again.stderr()).toBe('');
      if (isHalf) {
        expect(result).toBe('unknown');
        expect(await readFile(join(folder, 'payload.ndjson'), 'utf8')).toBe(old);
      }
      const { version, checksum } = isHalf ? small : large;
      expect(hello).toMatchObject({ version, checksum });
      await again.stop();
    }
    expect(halves).toBeGreaterThan(0);
    const node = await startEdgeNode(undefined, { folder });
    await (await reach(node.url)).bring({ ...small, version: 9 });
    expect(await temporaries()).toEqual([]);
  });
});

describe('an edge node that is told to end', () => {
  it.each([
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ] as const)('by %s closes in order', async (signal, code) => {
    const node = await startProcess(netgoat.path, folder);
    const { channel } = await reach(node.url);
    expect(await node.kill(signal)).toBe(code);
    expect(await channel.closed).toEqual({ code: 1001, reason: 'the node ends' });
  });
});

describe('a second edge node in a folder', () => {
  it.each(['--listen 127.0.0.1:0', '--connect ws://127.0.0.1:1 --once'])('%s: exit 4', async (flags) => {
    const node = await startProcess(netgoat.path, folder);
    const second = await runCli(`sync edge-node --state ${folder} ${flags}`);
    expect(second).toMatchObject({ code: 4, stdout: '' });
    expect(second.stderr).toContain(`error: ${folder} is in use by process ${node.pid}`);
    expect((await reach(node.url)).hello).toMatchObject({ version: null });
  });

  it('is as good as the first once that one is gone, in whichever way', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const node = await startProcess(netgoat.path, folder);
      await node.kill(signal);
      expect((await readdir(folder)).length).toBe(signal === 'SIGTERM' ? 0 : 1);
    }
    const again = await startEdgeNode(undefined, { folder });
    const second = await runCli(`sync edge-node --state ${folder} --listen 127.0.0.1:0`);
    expect(second.code).toBe(4);
    await again.stop();
    expect(await readdir(folder)).toEqual([]);
  });
});
