import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dial } from '../../src/edge/dial.ts';
import { MOST_FROM_EDGE } from '../../src/edge/protocol/frames.ts';
import type { EdgeReportData } from '../../src/edge/protocol/frames.ts';
import { edgeDomainOf } from '../edge/fixtures.ts';
import { reach, serve, stateOf } from '../edge/node/control.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import { startEdgeNode } from '../helpers/edge-node.ts';
import { runCli } from '../helpers/run-cli.ts';
import { edgeToken, startServe } from '../helpers/serving.ts';

const state = stateOf(1, [edgeDomainOf('a.example'), edgeDomainOf('b.example')]);
const dialOptions = { withinMs: 5_000, maxPayload: 1024 * 1024 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netgoat-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('sync edge-node', () => {
  it('is not in the help of sync, and has its own', async () => {
    expect((await runCli('sync --help')).stdout).not.toContain('edge-node');
    expect((await runCli('sync edge-node --help')).stdout).toContain('--duplicate-ack');
  });

  it.each([
    ['sync edge-node', 'missing --state'],
    ['sync edge-node --state x', 'one of --connect and --listen'],
    ['sync edge-node --state x --connect ws://127.0.0.1:1 --listen 127.0.0.1:0', 'one of --connect'],
    ['sync edge-node --state x --connect http://127.0.0.1:1', 'not "http://127.0.0.1:1"'],
    ['sync edge-node --state x --connect ws://edge.example', 'in the clear'],
    ['sync edge-node --state x --connect wss://edge.example/?token=secret', 'has "token" in its query'],
    ['sync edge-node --state x --connect wss://a:b@edge.example', 'holds a user name or a password'],
    ['sync edge-node --state x --connect nowhere', 'for example: ws://'],
    ['sync edge-node --state x --listen 8787', 'HOST:PORT, not "8787"'],
    ['sync edge-node --state x --listen 127.0.0.1:65536', 'HOST:PORT'],
    ['sync edge-node --state x --listen 127.0.0.1:0 --cert x.pem', 'go together'],
    ['sync edge-node --state x --listen 127.0.0.1:0 --report-every 1s', '--connect'],
    ['sync edge-node --state x --listen 127.0.0.1:0 --lag soon', 'lag: '],
    ['sync edge-node --state x --connect ws://127.0.0.1:1 --report-every 0', 'report-every: must be longer'],
    ['sync edge-node --state x --listen 127.0.0.1:0 --nack no --nack-version one', 'nack-version: '],
    ["sync edge-node --state x --listen 127.0.0.1:0 --node 'a b'", 'node: '],
    ['sync edge-node --state x --listen 127.0.0.1:0 --token-file missing', 'cannot read missing'],
    ['sync edge-node --state x --listen 127.0.0.1:0 --verify-key missing', 'no such file'],
    ['sync edge-node --state x --listen 127.0.0.1:0 --log xml', 'text, json'],
  ])('%s: exit 2', async (command, message) => {
    const result = await runCli(command, { cwd: folder });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  it('refuses a state folder that is none, and an address that is taken', async () => {
    await writeFile(join(folder, 'file'), '');
    const listen = (path: string, at: string) =>
      runCli(`sync edge-node --state ${path} --listen ${at}`, { cwd: folder });
    const file = await listen('file/below', '127.0.0.1:0');
    expect(file).toMatchObject({ code: 2 });
    expect(file.stderr).toContain('a file is in the way');
    const node = await startEdgeNode();
    const taken = await listen('other', new URL(node.url).host);
    expect(taken).toMatchObject({ code: 2 });
    expect(taken.stderr).toContain('something listens there already');
  });

  it('tells what it does on stdout, as text by default', async () => {
    const ending = AbortSignal.timeout(200);
    const { main } = await import('../../src/main.ts');
    const { PassThrough, Readable } = await import('node:stream');
    const stdout = new PassThrough();
    const world = { stdin: Readable.from([]), stdout, stderr: new PassThrough(), env: {}, cwd: folder };
    const words = ['sync', 'edge-node', '--state', 'text', '--listen', '127.0.0.1:0', '--node', 'e'];
    expect(await main(words, { ...world, now: () => new Date(0), ending })).toBe(0);
    expect((stdout.read() as Buffer).toString().split('\n')).toEqual([
      '1970-01-01T00:00:00.000Z started node=e version=null checksum=null domains=0',
      expect.stringMatching(/^1970-01-01T00:00:00\.000Z listening url=ws:\/\/127\.0\.0\.1:\d+$/),
      '',
    ]);
  });

  it('keeps its payload to itself', async () => {
    const node = await startEdgeNode(['--listen', '127.0.0.1:0'], { folder: join(folder, 'a', 'b') });
    await (await reach(node.url)).bring(state);
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o077).toBe(0);
  });

  it('notices a damaged payload, says so and starts fresh', async () => {
    const node = await startEdgeNode();
    await (await reach(node.url)).bring(state);
    await node.stop();
    const path = join(node.folder, 'payload.ndjson');
    const good = await readFile(path, 'utf8');
    const lines = good.split('\n');
    const damages = [
      good.replace('b.example', 'c.example'),
      good.slice(0, -2),
      good.slice(0, good.length / 2),
      lines.toSpliced(1, 1).join('\n'),
      lines.toSpliced(0, 1).join('\n'),
      good.replace('netgoat.edge/1', 'netgoat.edge/2'),
      good.replace('"version":1', '"version":"1"'),
      good.replace('"domains":2', '"domains":3'),
      '{}\n{}\n',
      '\n',
      '',
    ];
    for (const damaged of damages) {
      await writeFile(path, damaged);
      const again = await startEdgeNode(['--listen', '127.0.0.1:0'], node);
      expect((await reach(again.url)).hello.version).toBeNull();
      expect(again.stderr()).toMatch(/^warning: .*payload\.ndjson is not used: .+\n$/);
      await again.stop();
    }
    const fresh = await startEdgeNode(['--listen', '127.0.0.1:0'], node);
    expect(await (await reach(fresh.url)).bring(state)).toMatchObject({ result: 'acked' });
  });
});

describe('an edge node that listens', () => {
  it('wants its token, and tells nobody', async () => {
    const node = await startEdgeNode(['--listen', '127.0.0.1:0'], { env: { NETGOAT_EDGE_TOKEN: 'canary' } });
    for (const token of [undefined, 'other']) {
      await expect(dial(node.url, { ...dialOptions, token })).rejects.toMatchObject({ status: 401 });
    }
    expect(await (await reach(node.url, { token: 'canary' })).bring(state)).toMatchObject({
      result: 'acked',
    });
    expect(JSON.stringify(node.events) + node.stderr()).not.toContain('canary');
    await writeFile(join(folder, 'token'), 'from-file\n');
    const other = await startEdgeNode(['--listen', '127.0.0.1:0', '--token-file', join(folder, 'token')]);
    expect((await reach(other.url, { token: 'from-file' })).hello.node).toBe('edge-1');
  });

  it('speaks no other protocol, and is no web server', async () => {
    const node = await startEdgeNode();
    const { WebSocket } = await import('ws');
    const error = await new Promise<Error>((resolve) => new WebSocket(node.url).once('error', resolve));
    expect(error.message).toContain('400');
    expect((await fetch(node.url.replace('ws:', 'http:'))).status).toBe(426);
  });

  it('ends by --once after the first ACK with 0, and after a refusal with 6', async () => {
    const good = await startEdgeNode(['--listen', '127.0.0.1:0', '--once']);
    expect(await (await reach(good.url)).bring(state)).toMatchObject({ result: 'acked' });
    expect(await good.code).toBe(0);
    const bad = await startEdgeNode(['--listen', '127.0.0.1:0', '--once', '--nack', 'no memory']);
    expect(await (await reach(bad.url)).bring(state)).toMatchObject({ result: 'refused' });
    expect(await bad.code).toBe(6);
    expect(bad.stderr()).toContain('nothing was confirmed: it refused version 1: no memory');
    const none = await startEdgeNode(['--listen', '127.0.0.1:0', '--once']);
    expect(await none.stop()).toBe(130);
  });

  it('listens by TLS', async () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const make = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '1',
    ];
    execFileSync('openssl', [...make, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    const node = await startEdgeNode(['--listen', '127.0.0.1:0', '--cert', cert, '--key', key]);
    expect(node.url).toMatch(/^wss:/);
    await expect(dial(node.url, dialOptions)).rejects.toThrow(/signed by itself/);
    const ca = await readFile(cert, 'utf8');
    for (const trust of [{ ca }, { insecure: true }]) {
      (await dial(node.url, { ...dialOptions, ...trust })).close(1000, '');
    }
  });
});

describe('an edge node that dials', () => {
  it('comes back when the connection ends, and says what it holds', async () => {
    const control = await serve();
    const node = await startEdgeNode(['--connect', control.url]);
    const first = await control.met();
    expect(await first.bring(state)).toMatchObject({ result: 'acked' });
    first.channel.close(1012, 'restarting');
    expect(await node.next('closed')).toMatchObject({ code: 1012, reason: 'restarting' });
    const { version, checksum } = state;
    expect((await control.met()).hello).toEqual({ node: 'edge-1', version, checksum });
    expect(await node.stop()).toBe(0);
  });

  it('says by --once what a control plane wants that does not know it', async () => {
    const door = await startEdgeNode(undefined, { env: { NETGOAT_EDGE_TOKEN: 'right' } });
    for (const [env, hint] of [
      [{}, '  no token was given: set NETGOAT_EDGE_TOKEN, or add --token-file FILE\n'],
      [
        { NETGOAT_EDGE_TOKEN: 'wrong' },
        '  the token comes from NETGOAT_EDGE_TOKEN, --token-file or the rc file\n',
      ],
    ] as const) {
      const node = await startEdgeNode(['--connect', door.url, '--once'], { env });
      expect(await node.code).toBe(6);
      expect(node.stderr()).toContain('answered 401');
      expect(node.stderr()).toContain(hint);
    }
  });

  it('shows its token on the upgrade', async () => {
    let shown: string | undefined;
    const server = createServer().listen(0, '127.0.0.1');
    server.on('upgrade', ({ headers }, socket) => {
      shown = headers.authorization;
      socket.end('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n');
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const node = await startEdgeNode(['--connect', `ws://127.0.0.1:${port}`, '--once'], {
      env: { NETGOAT_EDGE_TOKEN: 'canary' },
    });
    expect(await node.code).toBe(6);
    expect(shown).toBe('Bearer canary');
    expect(node.stderr()).toContain('it answered 302 (a redirect, which is not followed)');
    expect(node.stderr()).not.toContain('canary');
    server.close();
  });

  it('waits longer each time it finds nobody, and a chance of that', async () => {
    const node = await startEdgeNode(['--connect', 'ws://127.0.0.1:1']);
    for (let tries = 0; tries < 3; tries += 1) {
      const { why, retryInMs } = await node.next('unreachable');
      expect(why).toContain('ECONNREFUSED');
      expect(retryInMs).toBeLessThanOrEqual(250 * 2 ** tries);
    }
    expect(await node.stop()).toBe(0);
  });

  it('reports traffic that fits together, and the same again until it was taken', async () => {
    const reports: EdgeReportData[] = [];
    let silent = true;
    const control = await serve(async (report) => {
      reports.push(report);
      if (silent) await new Promise(() => undefined);
      return { ignored: [] };
    });
    const node = await startEdgeNode(['--connect', control.url, '--report-every', '50ms']);
    const first = await control.met();
    await first.bring(state);
    const { reportId } = await node.next('reported');
    silent = false;
    first.channel.close(1012, '');
    await control.met();
    await node.next('report-taken', { reportId });
    await node.next('report-taken');
    expect(reports.map((each) => each.reportId).slice(0, 2)).toEqual([reportId, reportId]);
    const [one, again, next] = reports;
    expect(again).toEqual(one);
    expect(next!.window.from).toBe(one!.window.to);
    expect(one!.domains.map(({ hostname }) => hostname)).toEqual(['a.example', 'b.example']);
    for (const { requests, status, cacheHits, wafBlocked, badGatewayStreak } of one!.domains) {
      const statuses = Object.values(status).reduce((sum, each) => sum + each, 0);
      expect(statuses).toBe(requests);
      expect(cacheHits + wafBlocked).toBeLessThanOrEqual(requests);
      expect(badGatewayStreak).toBeLessThanOrEqual(status['502'] ?? 0);
    }
  });

  it('is heard when it confirms while a report of its own is being taken', async () => {
    const control = await serve(() => new Promise(() => undefined));
    const node = await startEdgeNode(['--connect', control.url, '--report-every', '20ms']);
    const met = await control.met();
    await met.bring(state);
    await node.next('reported');
    const next = stateOf(2, [edgeDomainOf('c.example', { dns: [], proxy: null })]);
    expect(await met.bring(next)).toMatchObject({ result: 'acked', version: 2 });
    met.channel.close(1012, '');
  });

  it('reports to a real control plane, which counts each report once', async () => {
    const plane = await controlPlane();
    await plane.ok('team add Acme');
    await plane.ok('domain add a.example --team acme');
    const env = { NETGOAT_EDGE_TOKEN: await edgeToken(plane, 'acme') };
    const serving = await startServe(plane);
    const node = await startEdgeNode(['--connect', serving.url, '--report-every', '20ms'], { env });
    await node.next('acked');
    for (let n = 0; n < 3; n += 1) await node.next('report-taken');
    expect(node.events.filter(({ event }) => event === 'report-refused')).toEqual([]);
    await node.stop();
    const taken = node.events.filter(({ event }) => event === 'report-taken').length;
    const metrics = await (await fetch(`${serving.http}/metrics`)).text();
    const counted = Number(/^netgoat_edge_reports_total (\d+)$/m.exec(metrics)?.[1]);
    // The last one may have been on its way.
    expect(counted - taken).toBeOneOf([0, 1]);
  });

  it('reports many domains in more than one, each of a size that is taken', async () => {
    const names = Array.from({ length: 6_000 }, (_, n) => `${'long-'.repeat(8)}${n}.example`);
    const reports: EdgeReportData[] = [];
    const control = await serve(async (report) => {
      reports.push(report);
      return { ignored: [] };
    });
    await startEdgeNode(['--connect', control.url, '--report-every', '300ms']);
    const { bring } = await control.met();
    await bring(
      stateOf(
        1,
        names.map((name) => edgeDomainOf(name, { dns: [], proxy: null })),
      ),
    );
    const seen = () => reports.flatMap(({ domains }) => domains.map(({ hostname }) => hostname));
    await vi.waitFor(() => expect(seen().length).toBeGreaterThanOrEqual(names.length), 10_000);
    expect(seen().slice(0, names.length)).toEqual(names.toSorted());
    for (const report of reports) {
      expect(JSON.stringify(report).length).toBeLessThan(MOST_FROM_EDGE);
    }
  });

  it('does not repeat a report that was refused', async () => {
    const refused: string[] = [];
    const control = await serve(async ({ reportId }) => {
      refused.push(reportId);
      return { refused: 'not this one' };
    });
    const node = await startEdgeNode(['--connect', control.url, '--report-every', '50ms']);
    await (await control.met()).bring(state);
    expect(await node.next('report-refused')).toMatchObject({ message: 'not this one' });
    await node.next('report-refused');
    expect(new Set(refused).size).toBe(refused.length);
  });
});
