import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { meetNode } from '../../src/edge/node-records.ts';
import type { PushRow } from '../../src/edge/push/row.ts';
import { edgePayload } from '../../src/edge/schema.ts';
import { bundle } from '../helpers/bundle.ts';
import type { Bundle } from '../helpers/bundle.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { startEdgeNode } from '../helpers/edge-node.ts';
import { answering, frame, hello, rawServer, socketServer } from '../helpers/hostile-edge.ts';

let plane: ControlPlane;
let store: Store;
let program: Bundle;

beforeAll(async () => {
  plane = await controlPlane(
    'team add Acme',
    'team add Globex',
    'domain add shop.example.com --team acme',
    'domain add b.example --team globex',
  );
  store = await openStore(parseTarget(plane.database, {}));
  program = await bundle(
    'sync-push',
    `import { main } from './src/main.ts'; process.exitCode = await main(process.argv.slice(2));`,
  );
});
afterAll(async () => {
  await store.close();
  await program.remove();
});

let count = 0;
const change = () => plane.ok(`dns add shop.example.com h${count++} A 192.0.2.1`);
const push = async (urls: string, flags = '') => plane.json<PushRow[]>(`sync push ${urls} -o json ${flags}`);
const held = async (folder: string) => {
  const lines = (await readFile(join(folder, 'payload.ndjson'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('sync push', () => {
  it('brings an edge to the state: a snapshot, then a delta, then a word', async () => {
    const node = await startEdgeNode(undefined, { node: 'first' });
    const { stdout, stderr } = await plane.ok(`sync push ${node.url}`);
    expect(stdout).toMatch(/^URL +NODE +VERSION +BYTES +MS +RESULT\n/);
    expect(stdout).toMatch(/^ws:\/\/127.0.0.1:\d+ +first +4 +\d+ +\d+ +acked \(snapshot\)$/m);
    expect(stderr).toBe('1 edge confirmed: version 4\n');
    await change();
    expect(await push(node.url)).toMatchObject([{ by: 'delta', result: 'acked', version: 5, attempts: 1 }]);
    expect(await push(node.url)).toMatchObject([{ by: 'current', result: 'acked', version: 5 }]);
    const { checksum } = await plane.json<{ checksum: string }>('sync show');
    expect(await node.next('acked', { by: 'current' })).toMatchObject({ version: 5, checksum });
    const [row] = await plane.json<object[]>('sync node list -o json --filter name=first');
    expect(row).toMatchObject({ version: 5, checksum, url: node.url, teams: [] });
    await plane.ok('sync status --wait latest --timeout 1 --filter name=first');
  });

  it('sends a snapshot where the edge says something else than it last confirmed', async () => {
    const node = await startEdgeNode(undefined, { node: 'amnesiac' });
    await push(node.url);
    const { url, folder } = node;
    await node.stop();
    const again = await startEdgeNode(['--listen', new URL(url).host, '--forget'], {
      folder,
      node: 'amnesiac',
    });
    await change();
    expect(await push(again.url)).toMatchObject([{ by: 'snapshot', result: 'acked' }]);
  });

  it('brings many side by side, each once', async () => {
    const nodes = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        startEdgeNode(['--listen', '127.0.0.1:0', '--lag', '2s'], { node: `many-${n}` }),
      ),
    );
    const urls = nodes.map(({ url }) => url);
    const rows = await push([...urls, urls[0]!.replace('ws:', 'http:')].join(' '));
    const timesOf = (type: string) =>
      nodes.map(({ events }) => {
        const told = events.find(({ event }) => event === type) as unknown as { time: string };
        return Date.parse(told.time);
      });
    expect(Math.max(...timesOf('part'))).toBeLessThan(Math.min(...timesOf('acked')));
    expect(rows.map(({ node, result }) => `${node} ${result}`)).toEqual(
      nodes.map((_, n) => `many-${n} acked`),
    );
  });

  it('of a team sends its domains alone, to a node of that team', async () => {
    const node = await startEdgeNode(undefined, { node: 'acme-1' });
    expect(await push(node.url, '--team acme')).toMatchObject([{ result: 'acked' }]);
    const [, ...rest] = await held(node.folder);
    expect(rest.flatMap(({ hostname }) => hostname ?? [])).toEqual(['shop.example.com']);
    expect(await plane.json('sync node list -o json --team acme')).toMatchObject([
      { name: 'acme-1', teams: ['acme'] },
    ]);
    expect(await plane.json('sync node list -o json --team globex')).toEqual([]);
  });

  it('does not take the name of a node that is sent more', async () => {
    const teams = (await store.models.Team.find().sort({ _id: 1 }).lean()).map(({ _id }) => _id);
    await meetNode(store, { name: 'shared', teams, url: null, now: new Date() });
    const node = await startEdgeNode(undefined, { node: 'shared' });
    const { code, stdout } = await plane.run(`sync push ${node.url} --team acme -o json`);
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject([{ node: 'shared', result: 'failed', bytes: 0, attempts: 1 }]);
    expect(stdout).toContain('the node name shared is that of a node which is sent domains of other teams');
  });

  it('warns of two edges of one name, and brings both', async () => {
    const nodes = [
      await startEdgeNode(undefined, { node: 'twin' }),
      await startEdgeNode(undefined, { node: 'twin' }),
    ];
    const { stdout, stderr } = await plane.ok(`sync push ${nodes.map(({ url }) => url).join(' ')} -o json`);
    expect(JSON.parse(stdout)).toMatchObject([{ result: 'acked' }, { result: 'acked' }]);
    expect(stderr).toContain('all call themselves twin');
  });

  it('shows the token of NETGOAT_EDGE_TOKEN, the rc file or a file', async () => {
    const env = { NETGOAT_EDGE_TOKEN: 'let-me-in' };
    const node = await startEdgeNode(undefined, { node: 'locked', env });
    expect((await plane.run(`sync push ${node.url} --retries 0`)).stdout).toContain('answered 401');
    await plane.ok(`sync push ${node.url}`, { env });
    await writeFile(join(plane.folder, 'token'), 'let-me-in\n');
    await plane.ok(`sync push ${node.url} --token-file token`, { env: { NETGOAT_EDGE_TOKEN: 'wrong' } });
    await writeFile(
      join(plane.folder, '.netgoatrc'),
      `edgeToken: { file: ${join(plane.folder, 'token')} }\n`,
    );
    await plane.ok(`sync push ${node.url}`);
    await writeFile(join(plane.folder, '.netgoatrc'), '');
  });

  it('comes back after an unknown outcome, and finds what became of it', async () => {
    let calls = 0;
    const { url } = await socketServer((socket) => {
      calls += 1;
      socket.on('message', (text) => {
        const { nonce, data } = JSON.parse(String(text)) as { nonce: string; data: { version: number } };
        if (calls === 1) return socket.terminate();
        socket.send(frame('ack', { ...data, re: nonce }));
      });
      socket.send(hello('flaky'));
    });
    expect(await push(url)).toMatchObject([{ result: 'acked', attempts: 2 }]);
  });

  it('signs with --sign-key, and an edge that checks takes it', async () => {
    const { execFileSync } = await import('node:child_process');
    const at = (name: string) => join(plane.folder, name);
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', at('sign.pem')]);
    execFileSync('openssl', ['pkey', '-in', at('sign.pem'), '-pubout', '-out', at('verify.pem')]);
    const listen = ['--listen', '127.0.0.1:0', '--verify-key', at('verify.pem')];
    const node = await startEdgeNode(listen, { node: 'strict' });
    expect((await plane.run(`sync push ${node.url}`)).code).toBe(6);
    await plane.ok(`sync push ${node.url} --sign-key sign.pem`);
    // What was signed when it was exported stays signed.
    await plane.ok('sync show --sign-key sign.pem --out signed.json');
    const other = await startEdgeNode(listen, { node: 'strict-2' });
    const kept = await plane.ok(`sync push ${other.url} --file signed.json`);
    expect(kept.stderr).not.toContain('replaced');
    const anew = await plane.ok(`sync push ${other.url} --file signed.json --sign-key sign.pem`);
    expect(anew.stderr).toContain('the signature of signed.json is replaced by that of --sign-key');
  });

  it('lists its fields for a bare --json, and pushes nothing', async () => {
    const node = await startEdgeNode();
    const { stdout } = await plane.ok(`sync push ${node.url} --json`);
    expect(stdout.split('\n')).toContain('attempts');
    expect(node.events.map(({ event }) => event)).not.toContain('connected');
  });
});

describe('sync push, asked to print what it cannot,', () => {
  it.each([
    ['--json nope', 'nope'],
    ['--filter nope', 'nope'],
    ['--sort nope', 'nope'],
  ])('pushes nothing: %s', async (flags, message) => {
    const { url, requests } = await rawServer((socket) => socket.end());
    const result = await plane.run(`sync push ${url} ${flags}`);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(requests).toEqual([]);
  });
});

describe('sync push --file', () => {
  it.each(['edge', 'ndjson'])('brings edges to a reviewed export: %s', async (format) => {
    await plane.ok(`sync show --format ${format} --out reviewed.json --force`);
    const { version, checksum } = await plane.json<{ version: number; checksum: string }>('sync show');
    await change();
    const node = await startEdgeNode(undefined, { node: `file-${format}` });
    expect(await push(node.url, '--file reviewed.json')).toMatchObject([
      { version, by: 'snapshot', result: 'acked' },
    ]);
    const status = `sync status -o json --filter name=file-${format}`;
    expect(await plane.json(status)).toMatchObject([{ state: 'behind', version, checksum, behind: 1 }]);
    expect(await push(node.url)).toMatchObject([{ version: version + 1, by: 'delta', result: 'acked' }]);
  });

  it.each([
    ['a wrong checksum', (text: string) => text.replace('"ttl": 3600', '"ttl": 60'), 'checksum'],
    ['half of it', (text: string) => text.slice(0, text.length / 2), 'cut off'],
    ['something else', () => '{"hello": "world"}', ''],
  ])('sends nothing of a file with %s: exit 2', async (_, damage, message) => {
    const { stdout: text } = await plane.ok('sync show');
    const damaged = damage(text.replace('"ttl": 300', '"ttl": 3600'));
    await writeFile(join(plane.folder, 'damaged.json'), damaged);
    const { url, requests } = await rawServer((socket) => socket.end());
    const result = await plane.run(`sync push ${url} --file damaged.json`);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(requests).toEqual([]);
  });

  it('refuses domains of teams out of reach', async () => {
    await plane.ok('sync show --out all.json');
    const result = await plane.run('sync push ws://127.0.0.1:1 --team acme --file all.json');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('domains of teams out of reach: globex');
  });

  it('warns before it leads an edge back, and does', async () => {
    const node = await startEdgeNode(undefined, { node: 'back' });
    await plane.ok('sync show --out old.json');
    const { version } = await plane.json<{ version: number }>('sync show');
    await push(node.url);
    expect((await plane.ok(`sync push ${node.url} --file old.json`)).stderr).not.toContain('warning');
    await change();
    await push(node.url);
    const { stdout, stderr } = await plane.ok(`sync push ${node.url} --file old.json -o json`);
    expect(JSON.parse(stdout)).toMatchObject([{ result: 'acked', version }]);
    const warning = `back (${node.url}) runs version ${version + 1}, and is led back to version ${version}`;
    expect(stderr).toContain(warning);
  });

  it('warns of a file of another database', async () => {
    const other = await controlPlane();
    await other.ok('team add Acme');
    await plane.ok('sync show --out new.json');
    const node = await startEdgeNode(undefined, { node: 'foreign' });
    const path = join(plane.folder, 'new.json');
    const { stderr } = await other.ok(`sync push ${node.url} --file ${path}`);
    expect(stderr).toContain('and this database is at 1: it is from another one');
    expect((await other.run('sync status --check')).code).toBe(7);
  });
});

describe('sync push --no-ack', () => {
  /** An endpoint that has no protocol. */
  async function plain(code = 1000) {
    const messages: string[] = [];
    const server = await socketServer((socket) => {
      socket.on('message', (text) => messages.push(String(text)));
      if (code !== 1000) socket.on('message', () => socket.close(code, 'too much'));
    });
    return { ...server, messages };
  }

  it('sends the whole payload as one message, and says that it is unconfirmed', async () => {
    const { url, messages, requests } = await plain();
    const { stdout, stderr } = await plane.ok(`sync push ${url} --no-ack -o json`);
    expect(JSON.parse(stdout)).toMatchObject([
      { node: null, by: 'message', result: 'sent', why: 'unconfirmed' },
    ]);
    expect(stderr).toMatch(/^Sent to 1 edge, unconfirmed: version \d+\n$/);
    expect(messages).toHaveLength(1);
    const { checksum } = await plane.json<{ checksum: string }>('sync show');
    expect(edgePayload.parse(JSON.parse(messages[0]!))).toMatchObject({ checksum });
    expect(requests[0]).not.toContain('sec-websocket-protocol');
  });

  it('of a large payload is one message, too', async () => {
    const big = await controlPlane();
    await big.ok('team add Acme');
    const lines = Array.from({ length: 600 }, (_, n) => `d${n}.example\n`).join('');
    await big.ok('domain add - --team acme', { stdin: lines });
    const { url, messages } = await plain();
    await big.ok(`sync push ${url} --no-ack`);
    expect(messages).toHaveLength(1);
    expect((JSON.parse(messages[0]!) as { domains: object[] }).domains).toHaveLength(600);
  });

  it.each([
    ['is closed with an error', () => plain(1009), 'unknown', 'the connection was closed (1009 too much)'],
    [
      'answers 404',
      () => answering('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n'),
      'failed',
      'answered 404',
    ],
  ])('is no success if the endpoint %s', async (_, serve, result, why) => {
    const { url } = await serve();
    const { code, stdout } = await plane.run(`sync push ${url} --no-ack --retries 0 -o json`);
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject([{ result, why: expect.stringContaining(why) }]);
  });
});

describe('sync push refuses', () => {
  it.each([
    ['sync push', 'missing <url>'],
    ['sync push edge-1:8443', 'an edge has a URL, and "edge-1:8443" is none'],
    ['sync push nowhere', 'for example: wss://'],
    ['sync push ftp://127.0.0.1/', 'is none'],
    ['sync push ws://edge.example.com/', 'without TLS'],
    ['sync push http://192.0.2.1/', 'without TLS'],
    ['sync push wss://user:canary@edge.example.com/', 'holds a user name or a password'],
    ['sync push wss://edge.example.com/?v=1&token=canary', 'has "token" in its query'],
    ['sync push wss://edge.example.com/?api_key=canary', 'has "api_key" in its query'],
    ['sync push wss://edge.example.com/?AccessKey=canary', 'has "AccessKey" in its query'],
    ['sync push ws://canary@/', 'this is none'],
    ['sync push wss://edge.example.com/#part', 'a part after #'],
    ['sync push ws://127.0.0.1:1 --timeout 0', 'at least a second'],
    ['sync push ws://127.0.0.1:1 --retries many', 'retries'],
    ['sync push ws://127.0.0.1:1 --ca missing.pem', 'no such file'],
    ['sync push ws://127.0.0.1:1 --file missing.json', 'no such file'],
    ['sync push ws://127.0.0.1:1 --token-file missing', 'no such file'],
    ['sync push ws://127.0.0.1:1 --sign-key missing', 'no such file'],
  ])('%s: exit 2', async (command, message) => {
    const result = await plane.run(command);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('canary');
    expect(result.stderr.split('\n').length).toBeLessThanOrEqual(3);
  });

  it('a token that no header takes, without showing it', async () => {
    const result = await plane.run('sync push ws://127.0.0.1:1', {
      env: { NETGOAT_EDGE_TOKEN: 'canary\r\nX-Evil: 1' },
    });
    expect(result.code).toBe(2);
    expect(result.stderr).not.toContain('canary');
  });

  it('a token of the control plane that may not write', async () => {
    await plane.ok('user add ops@acme.example --team acme --role owner');
    const create = 'user token create ops@acme.example --name ro --scope read --scope edge -o json';
    const { token } = await plane.json<{ token: string }>(create);
    const { url, requests } = await rawServer((socket) => socket.end());
    const result = await plane.run(`sync push ${url}`, { env: { NETGOAT_TOKEN: token } });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('no scope "write"');
    expect(requests).toEqual([]);
  });
});

it('interrupted, says which edges are unknown (61)', async () => {
  const good = await startEdgeNode(undefined, { node: 'done' });
  const silent = await startEdgeNode(['--listen', '127.0.0.1:0', '--stall'], { node: 'silent' });
  const deaf = await rawServer(() => undefined);
  const urls = [good.url, silent.url, deaf.url];
  const child = spawn(process.execPath, [program.path, 'sync', 'push', ...urls], {
    cwd: plane.folder,
    env: { PATH: process.env['PATH'], USER: 'tester', NETGOAT_DB: plane.database },
    stdio: 'pipe',
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const ended = new Promise<NodeJS.Signals | number | null>((done) => {
    child.on('close', (code, signal) => done(signal ?? code));
  });
  await good.next('closed');
  await silent.next('part');
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
  expect(told).toMatch(/^error: interrupted: 1 of 3 edges confirmed version \d+\n/);
  expect(told).toContain(`  unknown, it may run either version: ${silent.url}\n`);
  expect(told).toContain(`  was sent nothing: ${deaf.url}\n`);
  // What was confirmed before is kept.
  expect(await plane.json('sync status -o json --filter name=done')).toMatchObject([{ state: 'current' }]);
  expect(await plane.json('sync status -o json --filter name=silent')).toMatchObject([{ state: 'never' }]);
});
