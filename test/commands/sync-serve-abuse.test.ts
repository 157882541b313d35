import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { beforeEach, describe, expect, it } from 'vitest';
import { PROTOCOL } from '../../src/edge/protocol/frames.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { startEdgeNode } from '../helpers/edge-node.ts';
import { edgeToken, rawSocket, startServe } from '../helpers/serving.ts';
import type { RawSocket, Serving } from '../helpers/serving.ts';

let plane: ControlPlane;
let token: string;
let serving: Serving;

beforeEach(async () => {
  plane = await controlPlane('team add Acme', 'domain add shop.example.com --team acme');
  token = await edgeToken(plane, 'acme');
  serving = await startServe(plane);
});

/** The server is still well for others. */
async function expectWell(): Promise<void> {
  const node = await startEdgeNode(['--connect', serving.url, '--once'], {
    node: 'well',
    env: { NETGOAT_EDGE_TOKEN: token },
  });
  expect(await node.code).toBe(0);
}

const MIB = 1024 * 1024;

describe('a peer that sends what it should not (fault 45)', () => {
  const cases: [string, number, (edge: RawSocket) => void][] = [
    ['a frame of 101 MiB', 1009, ({ socket }) => socket.send(Buffer.alloc(101 * MIB, 32), { binary: false })],
    [
      'text that is not UTF-8',
      1007,
      ({ socket }) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false }),
    ],
    ['a binary frame', 1003, ({ socket }) => socket.send(Buffer.from('{}'), { binary: true })],
    [
      'a message in a flood of fragments',
      1008,
      ({ socket }) => {
        for (let at = 0; at < 20_000; at += 1) socket.send('x', { fin: false });
      },
    ],
    [
      'one thing after the other that is no frame',
      1008,
      ({ socket }) => {
        for (let at = 0; at < 100; at += 1) socket.send('this is not JSON');
      },
    ],
  ];

  it.each(cases)('is shown out: %s', async (_, code, send) => {
    const edge = await rawSocket(serving.url, token);
    const before = process.memoryUsage().rss;
    send(edge);
    expect((await edge.closed).code).toBe(code);
    expect((await serving.next('turned-away')).message).toContain(`(${code} `);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB);
    await expectWell();
  });

  it('is answered for what is JSON and no frame, and goes on', async () => {
    const edge = await rawSocket(serving.url, token);
    edge.socket.send('not JSON');
    expect((await edge.next('error')).data).toMatchObject({ re: null, code: 'bad-frame' });
    edge.say('dance', {}, 'n-1');
    expect((await edge.next('error')).data).toMatchObject({ re: 'n-1', code: 'unknown-type' });
    edge.say('snapshot', { version: 1, checksum: 'f'.repeat(64), part: 1, parts: 1, domains: [] }, 'n-2');
    expect((await edge.next('error')).data).toMatchObject({ re: 'n-2', code: 'unexpected' });
    edge.say('hello', { node: 'edge-9', version: null, checksum: null, unknown: 'field' });
    await edge.next('snapshot');
  });

  it('is turned away without the subprotocol, and by HTTP told what is here', async () => {
    const plain = new WebSocket(serving.url, { headers: { Authorization: `Bearer ${token}` } });
    const status = await new Promise((resolve) => {
      plain.on('error', () => undefined);
      plain.once('unexpected-response', (__, { statusCode }) => resolve(statusCode));
    });
    expect(status).toBe(400);
    expect((await fetch(`${serving.http}/`)).status).toBe(404);
  });

  it('that says no hello is shown out, and its connection is nobody’s', async () => {
    const edge = await rawSocket(serving.url, token);
    edge.socket.close();
    expect((await serving.next('turned-away')).message).toContain('no hello');
    expect(await plane.json('sync node list -o json')).toEqual([]);
  });
});

describe('the log', () => {
  it('tells why a hello was none, and each other frame that was faulty', async () => {
    const edge = await rawSocket(serving.url, token);
    edge.say('hello', { node: 'a b', version: null, checksum: null });
    const faulty = await serving.next('faulty', { code: 'bad-frame' });
    expect(faulty.message).toMatch(/^node: must be letters, digits/);
    expect(faulty).not.toHaveProperty('node');
    edge.socket.close();
    expect((await serving.next('turned-away')).message).toMatch(/no hello.*faulty: node: must be letters/);

    const known = await rawSocket(serving.url, token);
    const hello = { node: 'edge-9', version: null, checksum: null };
    known.say('hello', hello);
    await known.next('snapshot');
    known.say('dance', {});
    await serving.next('faulty', { node: 'edge-9', code: 'unknown-type' });
    known.say('hello', hello, 'again');
    expect((await known.next('error')).data['code']).toBe('unknown-type');
    expect((await known.next('error')).data).toMatchObject({ re: 'again', code: 'unexpected' });
    await serving.next('faulty', { node: 'edge-9', code: 'unexpected' });
    const at = new Date().toISOString();
    known.say('report', { reportId: 'r', window: { from: at, to: at }, domains: [] });
    const message = 'window: it ends before it begins';
    await serving.next('faulty', { node: 'edge-9', code: 'bad-report', message });
  });

  it('tells the code that ended a connection, and nothing of the node after that', async () => {
    const edge = await rawSocket(serving.url, token);
    edge.say('hello', { node: 'edge-9', version: null, checksum: null });
    await edge.next('snapshot');
    const [from, to] = [new Date(Date.now() - 1_000).toISOString(), new Date().toISOString()];
    for (let at = 0; at < 10; at += 1) {
      edge.say('report', { reportId: `r-${at}`, window: { from, to }, domains: [] });
    }
    // A peer that goes without a word of its own.
    edge.socket.send(Buffer.from('{}'), { binary: true }, () => edge.socket.terminate());
    await serving.next('disconnected', { node: 'edge-9', code: 1003, reason: 'frames are text' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const told = serving.events.filter((event) => 'node' in event && event.node === 'edge-9');
    expect(told.at(-1)).toMatchObject({ event: 'disconnected' });
  });

  it('tells of an agent that is not let in, and not at each poll', async () => {
    for (let poll = 0; poll < 3; poll += 1) {
      expect((await fetch(`${serving.http}/domains`)).status).toBe(401);
      expect((await fetch(`${serving.http}/users`, { headers: { 'X-API-Key': 'x' } })).status).toBe(401);
      await expect(rawSocket(serving.url, 'x')).rejects.toThrow('401');
    }
    await serving.next('refused', { route: '/users', message: 'the token is unknown, revoked or expired' });
    expect(serving.events.filter(({ event }) => event === 'refused')).toMatchObject([
      { status: 401, route: '/domains', message: 'a token is wanted' },
      { status: 401, route: '/users' },
    ]);
  });
});

describe('a peer that reads nothing (fault 46)', () => {
  it('holds nobody up and fills no buffer', async () => {
    const lines = Array.from(
      { length: 400 },
      (_, at) => `txt${at} TXT "${'x'.repeat(255)}" "${'y'.repeat(255)}"`,
    );
    await plane.ok('dns add shop.example.com -', { stdin: lines.join('\n') });
    const socket = connectTcp(Number(new URL(serving.url).port), '127.0.0.1');
    socket.write(
      [
        'GET / HTTP/1.1',
        'Host: x',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
        `Sec-WebSocket-Protocol: ${PROTOCOL}`,
        `Authorization: Bearer ${token}`,
        '\r\n',
      ].join('\r\n'),
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    socket.write(
      maskedText(
        JSON.stringify({
          type: 'hello',
          nonce: 'n',
          timestamp: 'now',
          data: { node: 'deaf', version: null, checksum: null },
        }),
      ),
    );
    await serving.next('connected', { node: 'deaf' });
    await expectWell();
    socket.destroy();
    await serving.next('unconfirmed', { node: 'deaf' });
  });
});

/** A text frame of a client, masked by zeros (RFC 6455 section 5.2). */
function maskedText(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([head, body]);
}

describe('the address', () => {
  it('is loopback unless there is TLS', async () => {
    const { code, stderr } = await plane.run('sync serve --listen 0.0.0.0:0');
    expect(code).toBe(2);
    expect(stderr).toContain('--cert and --key');
    expect((await plane.run('sync serve --listen 8787')).stderr).toContain('HOST:PORT');
    const taken = await plane.run(`sync serve --listen ${new URL(serving.url).host}`);
    expect(taken).toMatchObject({ code: 2, stdout: '' });
    expect(taken.stderr).toMatch(/^error: cannot listen on [\d.:]+: something listens there already$/m);
    expect((await plane.run('sync serve --timeout x')).stderr).toContain(
      'timeout: "x" is no time such as 30s, 500ms',
    );
  });

  it('is wss with a certificate', async () => {
    const [cert, key] = [join(plane.folder, 'cert.pem'), join(plane.folder, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    const secure = await startServe(plane, ['--cert', cert, '--key', key]);
    expect(secure.url).toMatch(/^wss:/);
    const env = { NETGOAT_EDGE_TOKEN: token };
    const node = await startEdgeNode(['--connect', secure.url, '--ca', cert, '--once'], { env });
    expect(await node.code).toBe(0);
    const doubtful = await startEdgeNode(['--connect', secure.url], { env });
    expect((await doubtful.next('unreachable')).why).toMatch(/signed by itself/);
    expect(JSON.stringify(secure.events)).not.toContain(readFileSync(key, 'utf8').split('\n')[1]);
    const other = join(plane.folder, 'other.pem');
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', other]);
    await writeFile(join(plane.folder, 'text'), 'hello');
    await writeFile(join(plane.folder, 'damaged'), '-----BEGIN CERTIFICATE-----\nhello\n');
    const cases: [string, RegExp][] = [
      [`--cert ${cert}`, /--key is missing.*\n.*private key that goes with --cert/],
      [`--key ${key}`, /--cert is missing/],
      [`--cert ${key} --key ${cert}`, /--cert \S*key.pem holds a private key and no certificate/],
      [`--cert ${cert} --key ${cert}`, /--key \S*cert.pem holds a certificate and no private key/],
      [`--cert ${cert} --key ${other}`, /--key \S*other.pem is not the key of the certificate in --cert/],
      [`--cert text --key ${key}`, /--cert text holds no certificate in PEM/],
      [`--cert ${cert} --key text`, /--key text holds no private key in PEM/],
      [`--cert damaged --key ${key}`, /--cert damaged is damaged/],
    ];
    for (const [flags, words] of cases) {
      const { code, stderr } = await plane.run(`sync serve ${flags} --listen 127.0.0.1:0`);
      expect(stderr).toMatch(words);
      expect(stderr).not.toContain('error:0');
      expect(code).toBe(2);
    }
  });
});

describe('the end', () => {
  it('waits for the answers to what was sent', async () => {
    const node = await startEdgeNode(['--connect', serving.url, '--lag', '500ms'], {
      env: { NETGOAT_EDGE_TOKEN: token },
    });
    await node.next('part');
    expect(await serving.stop()).toBe(0);
    expect(serving.events.map(({ event }) => event).slice(-4)).toEqual([
      'draining',
      'acked',
      'disconnected',
      'stopped',
    ]);
    expect((await node.next('closed')).code).toBe(1001);
    expect(await plane.json<object[]>('sync node list -o json')).toMatchObject([
      { name: 'edge-1', version: 4 },
    ]);
  });
});
