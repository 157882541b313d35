import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { confirmNode, meetNode, refuseNode, retireNode, seeNode } from '../../src/edge/node-records.ts';
import type { EdgeNode } from '../../src/models/edge-node.ts';
import { readVersion } from '../../src/queries/version.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

interface Row {
  name: string;
  state: string;
  version: number | null;
  latest: number;
  behind: number | null;
  since: string | null;
}

const now = new Date('2026-03-01T12:00:00Z');

let plane: ControlPlane;
let store: Store;
let all: EdgeNode;
let acme: EdgeNode;

const version = async () => (await readVersion(store)).value;
const ack = (node: EdgeNode, at: number) =>
  confirmNode(store, node._id, { version: at, checksum: 'a'.repeat(64), now });
const rows = (flags = '') => plane.json<Row[]>(`sync status -o json ${flags}`);
const stateOf = async (name: string) => (await rows()).find((row) => row.name === name)!;
/** A set of Changes that touches acme, and one that does not. */
let count = 0;
const change = () => plane.ok(`dns add shop.example.com h${count++} A 192.0.2.1`);
const changeOther = () => plane.ok(`dns add b.example h${count++} A 192.0.2.1`);

beforeAll(async () => {
  plane = await controlPlane(
    'team add Acme',
    'team add Globex',
    'domain add shop.example.com --team acme',
    'domain add b.example --team globex',
  );
  store = await openStore(parseTarget(plane.database, {}));
});
afterAll(() => store.close());

describe('sync status', () => {
  it('says where nodes come from if there are none, and a check finds nothing', async () => {
    const { stdout, stderr } = await plane.ok('sync status --check');
    expect(stdout).toBe('');
    expect(stderr).toContain('No edge nodes');
  });

  it('does not take none for all when it waits', async () => {
    const result = await plane.run('sync status --wait latest --timeout 1');
    expect(result.code).toBe(6);
    expect(result.stderr).toContain('no edge node was met within 1 s, so none runs version 4');
  });

  it('tells a node that never confirmed anything', async () => {
    const { _id } = (await store.models.Team.findOne({ slug: 'acme' }).lean())!;
    all = await meetNode(store, { name: 'all', teams: [], url: 'ws://127.0.0.1:1/', now });
    acme = await meetNode(store, { name: 'acme-1', teams: [_id], url: 'ws://127.0.0.1:2', now });
    expect(await stateOf('all')).toMatchObject({ state: 'never', version: null, behind: null, since: null });
    const result = await plane.run('sync status --check');
    expect(result.code).toBe(7);
    expect(result.stderr).toContain('2 of 2 edges may not run what is configured: 2 never confirmed one');
  });

  it('counts the sets that touch what a node is sent, and says when the first was made', async () => {
    const base = await version();
    await ack(all, base);
    await ack(acme, base);
    expect(await rows()).toMatchObject([
      { name: 'acme-1', state: 'current', behind: 0, since: null, latest: base },
      { name: 'all', state: 'current', behind: 0, since: null, latest: base },
    ]);
    expect((await plane.ok('sync status --check')).stderr).toBe('2 edges checked: none is behind\n');
    await changeOther();
    await change();
    await change();
    const sets = await plane.json<{ version: number; at: string }[]>('history list -o json');
    const at = (of: number) => sets.find((set) => set.version === of)!.at;
    expect(await rows()).toMatchObject([
      { name: 'acme-1', state: 'behind', version: base, behind: 2, since: at(base + 2) },
      { name: 'all', state: 'behind', version: base, behind: 3, since: at(base + 1) },
    ]);
    const result = await plane.run('sync status --check');
    expect(result.code).toBe(7);
    expect(result.stderr).toBe('error: 2 of 2 edges may not run what is configured: 2 behind\n');
    expect(result.stdout).toMatch(/^NODE +STATE +VERSION +BEHIND +SINCE +SEEN +REFUSED$/m);
    // Without --check it is no finding.
    await plane.ok('sync status');
  });

  it('is not behind by what does not touch an edge', async () => {
    await ack(all, await version());
    await plane.ok('user add ops@acme.example --team acme --role owner');
    expect(await stateOf('all')).toMatchObject({ state: 'current', behind: 0 });
  });

  it('shows what a node last refused', async () => {
    const latest = await version();
    await refuseNode(store, acme._id, { version: latest, reason: 'no\u001b[2J memory', now });
    expect(await stateOf('acme-1')).toMatchObject({ state: 'refused', behind: 2 });
    const result = await plane.run('sync status --check');
    expect(result.code).toBe(7);
    expect(result.stderr).toContain('1 of 2 edges may not run what is configured: 1 refused a version');
    expect(result.stdout).toContain(`version ${latest}: no\\x1b[2J memory`);
    const waited = await plane.run('sync status --wait latest --timeout 1');
    expect(waited.code).toBe(6);
    expect(waited.stderr).toContain('\n  a refusal ends when the configuration that it names is changed\n');
    await ack(acme, latest);
    expect(await stateOf('acme-1')).toMatchObject({ state: 'current' });
  });

  it('tells a node that runs what this database does not know', async () => {
    await ack(all, 1_000_000);
    expect(await stateOf('all')).toMatchObject({ state: 'ahead' });
    expect((await plane.run('sync status --check')).code).toBe(7);
    expect((await plane.run('sync status --wait latest --timeout 1')).code).toBe(6);
    await ack(all, await version());
  });

  it('tells a node that connected by itself and is there no more', async () => {
    const seen = (secondsAgo: number) => seeNode(store, gone._id, new Date(Date.now() - secondsAgo * 1_000));
    const gone = await meetNode(store, { name: 'gone', teams: [], url: null, now: new Date() });
    await ack(gone, await version());
    await seen(150);
    expect(await stateOf('gone')).toMatchObject({ state: 'current' });
    await seen(190);
    expect(await stateOf('gone')).toMatchObject({ state: 'away', behind: 0 });
    const { code, stderr } = await plane.run('sync status --check');
    expect(code).toBe(7);
    expect(stderr).toContain('1 of 3 edges may not run what is configured: 1 not connected');
    await retireNode(store, gone._id);
  });

  it('does not say that there are no nodes where a filter matches none', async () => {
    const { stdout, stderr } = await plane.ok('sync status --filter name=nobody');
    expect(stdout).toBe('');
    expect(stderr).toBe('None of 2 matches.\n');
  });

  it('is of the nodes of a team alone', async () => {
    expect(await rows('--team acme')).toMatchObject([{ name: 'acme-1' }]);
    expect(await rows('--team globex')).toEqual([]);
  });
});

describe('sync status --wait', () => {
  it('waits until every node has confirmed the version', async () => {
    await ack(acme, await version());
    await change();
    const wanted = await version();
    const waiting = plane.run(`sync status --wait ${wanted} --timeout 20 -o json`);
    await ack(acme, wanted);
    await sleep(600);
    await ack(all, wanted);
    const { code, stdout } = await waiting;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ state: 'current' }, { state: 'current' }]);
  });

  it('does not wait for a node that the version does not touch, and takes a later one', async () => {
    const base = await version();
    await changeOther();
    await ack(all, base + 1);
    await plane.ok(`sync status --wait ${base + 1} --timeout 1`);
    await plane.ok('sync status --wait latest --timeout 1');
    await plane.ok(`sync status --wait ${base} --timeout 1`);
  });

  it('ends in exit 6 with the rows when the time is over', async () => {
    await change();
    const wanted = await version();
    const result = await plane.run('sync status --wait latest --timeout 1 -o json');
    expect(result.code).toBe(6);
    expect(JSON.parse(result.stdout)).toMatchObject([{ state: 'behind' }, { state: 'behind' }]);
    const error = `{"error":{"code":"edge","message":"2 of 2 edges did not confirm version ${wanted} within 1 s"`;
    expect(result.stderr).toContain(error);
    await ack(all, wanted);
    const { stderr } = await plane.run('sync status --wait latest --timeout 1');
    expect(stderr).toContain(`error: 1 of 2 edges did not confirm version ${wanted} within 1 s\n`);
  });

  it('does not wait for a version that is not there yet', async () => {
    const newest = await version();
    const { code, stderr } = await plane.run(`sync status --wait ${newest + 1} --timeout 1m`);
    expect(code).toBe(2);
    expect(stderr).toContain(`there is no version ${newest + 1}: the newest is ${newest}`);
  });

  it.each([
    ['--wait soon', 'must be a version, or latest'],
    ['--wait 1 --timeout never', 'timeout'],
    ['--timeout 5s', '--timeout is for --wait'],
  ])('%s: exit 2', async (flags, message) => {
    const result = await plane.run(`sync status ${flags}`);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
  });
});
