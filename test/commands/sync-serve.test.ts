import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { startEdgeNode } from '../helpers/edge-node.ts';
import type { EdgeNode } from '../helpers/edge-node.ts';
import { edgeToken, rawSocket, startServe } from '../helpers/serving.ts';
import type { Serving } from '../helpers/serving.ts';

let plane: ControlPlane;
let token: string;

beforeEach(async () => {
  plane = await controlPlane(
    'team add Acme',
    'domain add shop.example.com --team acme',
    'domain add blog.example.com --team acme',
  );
  token = await edgeToken(plane, 'acme');
});

function connect(serving: Serving, flags: string[] = [], options: { folder?: string; node?: string } = {}) {
  return startEdgeNode(['--connect', serving.url, ...flags], {
    ...options,
    env: { NETGOAT_EDGE_TOKEN: token },
  });
}

/** The domains that a node holds, as lines. */
async function domainsOf(node: EdgeNode): Promise<string[]> {
  const text = await readFile(join(node.folder, 'payload.ndjson'), 'utf8');
  return text.trim().split('\n').slice(1, -1);
}

/** The domains that the store has for a team, as lines. */
async function domainsShown(team: string): Promise<string[]> {
  const { stdout } = await plane.ok(`sync show --team ${team} --format ndjson`);
  return stdout.trim().split('\n').slice(1, -1);
}

describe('sync serve', () => {
  it('brings a node to the state by a snapshot, and then by a delta after each write', async () => {
    const serving = await startServe(plane);
    const node = await connect(serving);
    await node.next('acked', { by: 'snapshot', domains: 2 });
    expect(await domainsOf(node)).toEqual(await domainsShown('acme'));
    await plane.ok('dns add shop.example.com www A 192.0.2.1');
    await node.next('acked', { by: 'delta', domains: 2 });
    await plane.ok('domain remove blog.example.com --yes');
    await node.next('acked', { by: 'delta', domains: 1 });
    expect(await domainsOf(node)).toEqual(await domainsShown('acme'));
    const [{ version }] = await plane.json<[{ version: number }]>('sync node list -o json');
    expect((await serving.next('acked', { version })).by).toBe('delta');
  });

  it('sends a delta to a node that comes back, and nothing to one that missed nothing', async () => {
    const serving = await startServe(plane);
    const first = await connect(serving, ['--once']);
    expect(await first.code).toBe(0);
    const same = await connect(serving, ['--once'], { folder: first.folder });
    await same.next('acked', { by: 'current' });
    expect(await same.code).toBe(0);
    await plane.ok('dns add shop.example.com www A 192.0.2.1');
    const back = await connect(serving, ['--once'], { folder: first.folder });
    await back.next('acked', { by: 'delta' });
    expect(await domainsOf(back)).toEqual(await domainsShown('acme'));
  });

  it('tells a node of a version that changed nothing for it, so that it is not behind', async () => {
    const serving = await startServe(plane);
    const node = await connect(serving);
    await node.next('acked', { by: 'snapshot' });
    await plane.ok('dns add shop.example.com www A 192.0.2.1 --disabled');
    await node.next('acked', { by: 'current' });
    await plane.ok('sync status --wait latest --timeout 5s');
    await plane.ok('sync status --check');
    await plane.ok('team add Umbrella');
    await plane.ok('sync status --check');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(node.events.filter(({ event }) => event === 'acked')).toHaveLength(2);
  });

  it('sends a delta from history after it was started anew', async () => {
    const before = await startServe(plane);
    const first = await connect(before, ['--once']);
    await first.code;
    expect(await before.stop()).toBe(0);
    await plane.ok('dns add shop.example.com www A 192.0.2.1');
    await plane.ok('domain remove blog.example.com --yes');
    await plane.ok('domain add new.example.com --team acme');
    const after = await startServe(plane);
    const back = await connect(after, ['--once'], { folder: first.folder });
    await back.next('acked', { by: 'delta', domains: 2 });
    expect(await domainsOf(back)).toEqual(await domainsShown('acme'));
  });

  it('sends the whole state to a node that comes back with an older version than it confirmed (fault 49)', async () => {
    const serving = await startServe(plane);
    const edge = await rawSocket(serving.url, token);
    edge.say('hello', { node: 'edge-9', version: null, checksum: null });
    const whole = await edge.next('snapshot');
    const old = { version: whole.data['version'], checksum: whole.data['checksum'] };
    edge.say('ack', { re: whole.nonce, ...old } as object);
    await plane.ok('dns add shop.example.com www A 192.0.2.1');
    const delta = await edge.next('delta');
    const now = { version: delta.data['version'], checksum: delta.data['checksum'] };
    edge.say('ack', { re: delta.nonce, ...now } as object);
    await serving.next('acked', { by: 'delta' });
    edge.socket.close();
    await serving.next('disconnected');
    const again = await rawSocket(serving.url, token);
    again.say('hello', { node: 'edge-9', ...old } as object);
    expect((await again.next('snapshot')).data).toMatchObject({ ...now, parts: 1 });
  });

  it('answers a wrong checksum by a snapshot', async () => {
    const serving = await startServe(plane);
    const edge = await rawSocket(serving.url, token);
    edge.say('hello', { node: 'edge-9', version: null, checksum: null });
    const whole = await edge.next('snapshot');
    edge.say('ack', { re: whole.nonce, version: whole.data['version'], checksum: whole.data['checksum'] });
    await plane.ok('dns add shop.example.com www A 192.0.2.1');
    const delta = await edge.next('delta');
    const errors = [{ message: 'checksum: the domains give another' }];
    edge.say('nack', { re: delta.nonce, version: delta.data['version'], errors });
    const second = await edge.next('snapshot');
    expect(second.data['checksum']).toBe(delta.data['checksum']);
  });

  it('does not send again what a node refused, until the state changes', async () => {
    const serving = await startServe(plane);
    const node = await connect(serving, ['--nack', 'no memory', '--nack-hostname', 'blog.example.com']);
    const { version, message } = await serving.next('refused-state', { node: 'edge-1' });
    expect(message).toContain('no memory');
    const [refused] = await plane.json<object[]>('sync node list -o json');
    expect(refused).toMatchObject({ version: null, lastRefusal: { version, reason: message } });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(node.events.filter(({ event }) => event === 'nacked')).toHaveLength(1);
    await plane.ok('domain set blog.example.com --disable');
    await node.next('acked', { by: 'snapshot', domains: 1 });
    expect((await plane.json<object[]>('sync node list -o json'))[0]).toMatchObject({ lastRefusal: null });
  });

  it('reports no success for a node that goes or is silent before its ACK', async () => {
    const serving = await startServe(plane, ['--timeout', '300ms']);
    const silent = await connect(serving, ['--stall'], { node: 'silent' });
    expect((await serving.next('unconfirmed', { node: 'silent' })).message).toBe('no answer within 0.3 s');
    await silent.stop();
    const gone = await connect(serving, ['--drop'], { node: 'gone' });
    expect((await serving.next('unconfirmed', { node: 'gone' })).message).toContain(
      'closed before an answer',
    );
    await gone.stop();
    for (const node of await plane.json<object[]>('sync node list -o json')) {
      expect(node).toMatchObject({ version: null, checksum: null });
    }
  });

  it('believes no duplicate, stale or foreign answer (fault 43)', async () => {
    const serving = await startServe(plane, ['--timeout', '300ms']);
    for (const flag of ['--wrong-nonce', '--stale-nonce', '--early-ack']) {
      const node = await connect(serving, [flag], { node: flag.slice(2) });
      await serving.next('unconfirmed', { node: flag.slice(2) });
      await node.stop();
    }
    await connect(serving, ['--duplicate-ack'], { node: 'twice' });
    await serving.next('acked', { node: 'twice' });
    await plane.ok('dns add shop.example.com www A 192.0.2.1');
    await serving.next('acked', { node: 'twice', by: 'delta' });
    expect(serving.events.filter(({ event }) => event === 'acked')).toHaveLength(2);
  });
});

describe('tokens', () => {
  it('show a node the domains of its teams alone', async () => {
    await plane.ok('team add Umbrella');
    await plane.ok('domain add umbrella.example --team umbrella');
    const serving = await startServe(plane);
    const node = await connect(serving);
    await node.next('acked', { domains: 2 });
    await plane.ok('dns add umbrella.example www A 192.0.2.1');
    await plane.ok('domain move umbrella.example acme');
    const acked = await node.next('acked', { by: 'delta' });
    expect(acked.domains).toBe(3);
    expect(node.events.filter(({ event }) => event === 'acked')).toHaveLength(2);
    await plane.ok('domain move umbrella.example umbrella');
    await node.next('acked', { by: 'delta', domains: 2 });
  });

  it('end their connections when they are revoked', async () => {
    const serving = await startServe(plane);
    const edge = await rawSocket(serving.url, token);
    edge.say('hello', { node: 'edge-9', version: null, checksum: null });
    await edge.next('snapshot');
    await plane.ok('user token revoke edge@acme.example edge --yes');
    expect(await edge.closed).toEqual({ code: 1008, reason: 'the token was revoked' });
    await expect(rawSocket(serving.url, token)).rejects.toThrow('answered 401');
    expect(JSON.stringify(serving.events)).not.toContain(token);
  });

  it('of another scope, or of no team that is served, are answered 403', async () => {
    await plane.ok('team add Umbrella');
    const serving = await startServe(plane, ['--team', 'umbrella']);
    await expect(rawSocket(serving.url, token)).rejects.toThrow('answered 403');
    await expect(rawSocket(serving.url, 'ngt_nobody')).rejects.toThrow('answered 401');
    const { stdout } = await plane.ok('user token create edge@acme.example --name r --scope read -o name');
    await expect(rawSocket(serving.url, stdout.trim())).rejects.toThrow('answered 403');
  });

  it('and nodes go with their team, and leave nothing behind', async () => {
    const serving = await startServe(plane);
    const edge = await rawSocket(serving.url, token);
    edge.say('hello', { node: 'edge-9', version: null, checksum: null });
    await edge.next('snapshot');
    const window = lastMinute();
    edge.say('report', { reportId: 'r-1', window, domains: [] });
    await edge.next('ok');
    await plane.ok('team remove acme --yes');
    expect((await edge.closed).code).toBe(1008);
    expect(await plane.json('sync node list -o json')).toEqual([]);
    await plane.ok('db check');
  });

  it('let one connection of a node stay, the newest', async () => {
    const serving = await startServe(plane);
    const [one, two] = [await rawSocket(serving.url, token), await rawSocket(serving.url, token)];
    one.say('hello', { node: 'edge-9', version: null, checksum: null });
    await one.next('snapshot');
    two.say('hello', { node: 'edge-9', version: null, checksum: null });
    await two.next('snapshot');
    expect((await one.closed).reason).toBe('another connection of this node took its place');
  });
});

describe('reports', () => {
  const window = lastMinute();

  it('are stored once and answered each time', async () => {
    const serving = await startServe(plane);
    const edge = await rawSocket(serving.url, token);
    edge.say('hello', { node: 'edge-9', version: null, checksum: null });
    await edge.next('snapshot');
    const domains = [
      { hostname: 'shop.example.com', requests: 12, status: { '502': 12 } },
      { hostname: 'nobody.example', requests: 1 },
    ];
    for (const again of [false, true]) {
      edge.say('report', { reportId: 'r-1', window, domains }, `report-${again}`);
      const { data } = await edge.next('ok');
      expect(data).toEqual({ re: `report-${again}`, reportId: 'r-1', ignored: ['nobody.example'] });
      expect((await serving.next('reported')).again).toBe(again);
    }
    expect(await (await fetch(`${serving.http}/metrics`)).text()).toContain('netgoat_edge_reports_total 1');
  });

  it('of another team, of no window, or of no form are refused or left out', async () => {
    await plane.ok('team add Umbrella');
    await plane.ok('domain add umbrella.example --team umbrella');
    const serving = await startServe(plane);
    const edge = await rawSocket(serving.url, token);
    edge.say('report', { reportId: 'early', window, domains: [] });
    expect((await edge.next('error')).data).toMatchObject({ code: 'bad-report', message: 'say hello first' });
    edge.say('hello', { node: 'edge-9', version: null, checksum: null });
    const of = (data: object) => edge.say('report', { reportId: 'x', window, domains: [], ...data });
    of({ domains: [{ hostname: 'umbrella.example', requests: 1 }] });
    expect((await edge.next('ok')).data).toMatchObject({ ignored: ['umbrella.example'] });
    of({ reportId: 'y', window: { from: window.to, to: window.from } });
    expect((await edge.next('error')).data).toMatchObject({ code: 'bad-report' });
    of({ reportId: 'z', window: { from: window.from, to: '2999-01-01T00:00:00Z' } });
    expect((await edge.next('error')).data).toMatchObject({ code: 'bad-report' });
    of({ reportId: 'a', window: { from: '2020-01-01T00:00:00Z', to: '2020-01-01T00:01:00Z' } });
    expect((await edge.next('error')).data).toMatchObject({ message: 'window: it is older than 29 days' });
    of({ domains: [{ hostname: 'shop.example.com', requests: -1 }] });
    expect((await edge.next('error')).data).toMatchObject({ code: 'bad-frame' });
  });
});

function lastMinute(): { from: string; to: string } {
  const to = Date.now();
  return { from: new Date(to - 60_000).toISOString(), to: new Date(to).toISOString() };
}
