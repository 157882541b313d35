import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import type { PushRow } from '../../src/edge/push/row.ts';
import { certificateFor } from '../helpers/certificates.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { startEdgeNode } from '../helpers/edge-node.ts';
import { answering, frame, hello, rawServer, socketServer } from '../helpers/hostile-edge.ts';

const TOKEN = 'canary-token-0123456789';
const NOBODY = 'ws://127.0.0.1:1';

let plane: ControlPlane;
let store: Store;

beforeAll(async () => {
  plane = await controlPlane();
  for (const step of ['team add Acme', 'domain add shop.example.com --team acme']) await plane.ok(step);
  store = await openStore(parseTarget(plane.database, {}));
});
afterAll(() => store.close());

type Options = Parameters<ControlPlane['run']>[1];

/** Pushes once, and gives its rows. */
async function push(urls: string, flags = '', options: Options = {}) {
  const result = await plane.run(`sync push ${urls} -o json --retries 0 ${flags}`, options);
  return { ...result, rows: JSON.parse(result.stdout) as PushRow[] };
}

/** A push that must end in exit 6, with one row. */
async function failing(url: string, flags = '', options: Options = {}): Promise<PushRow> {
  const { code, rows, stderr } = await push(url, flags, options);
  expect(code, stderr).toBe(6);
  expect(stderr).toMatch(/"message":"1 of 1 edge did not confirm version \d+"/);
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

describe('an edge that is not reached', () => {
  it('accepts the connection and never answers (39)', async () => {
    const { url } = await rawServer(() => undefined);
    const row = await failing(url, '--timeout 1');
    expect(row).toMatchObject({ result: 'failed', bytes: 0, node: null, by: null });
    expect(row.why).toBe('it did not answer with an upgrade in time');
  });

  it('answers a byte at a time (39)', async () => {
    const { url } = await rawServer((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 101 '), 100);
      socket.on('close', () => clearInterval(timer));
    });
    const row = await failing(url, '--timeout 1');
    expect(row).toMatchObject({ result: 'failed', bytes: 0 });
  });

  it.each([
    ['401 Unauthorized', 'it answered 401 (the token is missing or not known)'],
    ['403 Forbidden', 'it answered 403 (the token may not do this)'],
    ['404 Not Found', 'it answered 404 (there is nothing at this path)'],
    ['200 OK', 'it answered 200 (a plain page)'],
    ['500 Oh', 'it answered 500, not with an upgrade to netgoat.edge.v1'],
  ])('answers %s (40)', async (status, why) => {
    const { url, requests } = await answering(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    const { code, rows } = await push(url, '--retries 5');
    expect(code).toBe(6);
    expect(rows[0]).toMatchObject({ result: 'failed', bytes: 0, attempts: 1 });
    expect(rows[0]!.why).toContain(why);
    expect(requests).toHaveLength(1);
  });

  it('answers 301, which the token does not follow (40)', async () => {
    const other = await rawServer((socket) => socket.end());
    const moved = `HTTP/1.1 301 Moved\r\nLocation: ${other.url}\r\nContent-Length: 0\r\n\r\n`;
    const { url, requests } = await answering(moved);
    const row = await failing(url, '--timeout 2', { env: { NETGOAT_EDGE_TOKEN: TOKEN } });
    expect(row.why).toContain('301 (a redirect, which is not followed)');
    expect(requests.join('')).toContain(TOKEN);
    expect(other.requests).toEqual([]);
  });

  it.each([
    ['nobody', NOBODY, 'nobody listens there (ECONNREFUSED)'],
    ['no such host', 'wss://nowhere.invalid/', /no such host|EAI_AGAIN/],
  ])('is %s', async (_, url, why) => {
    const row = await failing(url, '--timeout 5');
    expect(row).toMatchObject({ result: 'failed', bytes: 0 });
    expect(row.why).toMatch(why);
  });

  it('does not speak HTTP, or hangs up', async () => {
    expect((await failing((await answering('220 mail ESMTP\r\n')).url)).why).toBe('it does not speak HTTP');
    expect((await failing((await answering('')).url)).why).toBe('it closed the connection before an answer');
  });

  it('takes the upgrade and another protocol, or none', async () => {
    const { url } = await socketServer((socket) => socket.send(hello()), ['other']);
    expect(await failing(url)).toMatchObject({ result: 'failed', why: 'it does not speak netgoat.edge.v1' });
  });

  it('says no hello, and is sent nothing', async () => {
    const said: unknown[] = [];
    const { url } = await socketServer((socket) => socket.on('message', (text) => said.push(text)));
    const row = await failing(url, '--timeout 1');
    expect(row).toMatchObject({
      result: 'failed',
      bytes: 0,
      why: 'it said no hello within the 1 s that it was given',
    });
    expect(said).toEqual([]);
  });

  it('is tried again as long as it may come', async () => {
    const { code, rows } = await push(NOBODY, '--retries 2');
    expect(code).toBe(6);
    expect(rows[0]).toMatchObject({ result: 'failed', attempts: 3 });
  });
});

describe('an edge without a good certificate (47)', () => {
  const secure = async (san: string, until?: string) => {
    const { cert, key } = await certificateFor(plane.folder, san, until);
    const node = await startEdgeNode(['--listen', '127.0.0.1:0', '--cert', cert, '--key', key]);
    return { url: node.url, cert };
  };

  it('is refused if nobody here trusts it, and taken if --ca does', async () => {
    const { url, cert } = await secure('DNS:localhost,IP:127.0.0.1');
    const row = await failing(url);
    expect(row).toMatchObject({ result: 'failed', bytes: 0 });
    expect(row.why).toContain('its certificate is signed by itself');
    expect((await push(url, `--ca ${cert}`)).rows).toMatchObject([{ result: 'acked' }]);
  });

  it.each([
    ['another host', 'DNS:other.example', undefined, 'its certificate is for another host'],
    ['the past', 'IP:127.0.0.1', '20200101000000Z', 'its certificate has expired'],
  ])('is refused if it is for %s, but for --insecure', async (_, san, until, why) => {
    const { url, cert } = await secure(san, until);
    expect(await failing(url, `--ca ${cert}`)).toMatchObject({ result: 'failed', bytes: 0, why });
    const { rows, code, stderr } = await push(url, '--insecure');
    expect(rows).toMatchObject([{ result: 'acked' }]);
    expect(code).toBe(0);
    expect(stderr).toContain('warning: --insecure: ');
  });

  it('does not speak TLS at all', async () => {
    const node = await startEdgeNode();
    expect((await failing(node.url.replace('ws:', 'wss:'))).why).toBe('it does not speak TLS');
  });
});

describe('an edge that does not confirm', () => {
  const listen = ['--listen', '127.0.0.1:0'];

  it('closes before it answers: unknown (41)', async () => {
    const node = await startEdgeNode([...listen, '--drop'], { node: 'edge-drop' });
    const row = await failing(node.url);
    expect(row).toMatchObject({ node: 'edge-drop', result: 'unknown', by: 'snapshot' });
    expect(row.why).toContain('the connection was closed before an answer');
    expect(row.bytes).toBeGreaterThan(100);
    const [status] = await plane.json<{ state: string }[]>('sync status -o json --filter name=edge-drop');
    expect(status).toMatchObject({ state: 'never' });
  });

  it('stays unknown if nobody is there the next time (41)', async () => {
    let calls = 0;
    const { url } = await socketServer((socket) => {
      calls += 1;
      if (calls > 1) return socket.close(1013);
      socket.send(hello());
      socket.on('message', () => socket.terminate());
    });
    const { rows } = await push(url, '--retries 1');
    expect(rows).toMatchObject([{ result: 'unknown', attempts: 2, node: 'hostile' }]);
    expect(rows[0]!.why).toMatch(/closed before an answer \(1006\); tried again: it said no hello/);
  });

  it('refuses: node, version and reason (42)', async () => {
    const node = await startEdgeNode([...listen, '--nack', 'no memory'], { node: 'edge-nack' });
    const { stdout, stderr, code } = await plane.run(`sync push ${node.url}`);
    expect(code).toBe(6);
    expect(stdout).toMatch(/^ws:\S+ +edge-nack +2 +\d+ +\d+ +refused: .*no memory$/m);
    expect(stderr).toContain('a refusal ends when');
    const [status] = await plane.json<object[]>('sync status -o json --filter name=edge-nack');
    expect(status).toMatchObject({
      state: 'refused',
      version: null,
      lastRefusal: { version: 2, reason: expect.stringContaining('no memory') },
    });
  });

  it.each([
    ['answers a foreign frame', ['--wrong-nonce']],
    ['answers the frame before', ['--stale-nonce']],
    ['never answers', ['--stall']],
    ['reads nothing', ['--deaf']],
  ])('%s: unknown (43)', async (_, flags) => {
    const node = await startEdgeNode([...listen, ...flags]);
    const row = await failing(node.url, '--timeout 1');
    expect(row).toMatchObject({ result: 'unknown', why: 'no answer within the 1 s that it was given' });
  });

  it('answers twice, which counts once (43)', async () => {
    const node = await startEdgeNode([...listen, '--duplicate-ack', '--garbage']);
    const { code, rows } = await push(node.url);
    expect(code).toBe(0);
    expect(rows).toMatchObject([{ result: 'acked' }]);
  });

  it.each([['--wrong-checksum'], ['--wrong-version']])('confirms something else: %s', async (flag) => {
    const node = await startEdgeNode([...listen, flag]);
    const row = await failing(node.url);
    expect(row.result).toBe('refused');
    expect(row.why).toContain('it confirmed version');
  });

  it('is half open: cut off by a ping (44)', async () => {
    const node = await startEdgeNode([...listen, '--frozen', '--stall']);
    const row = await failing(node.url, '--timeout 4');
    expect(row).toMatchObject({ result: 'unknown' });
    expect(row.why).toContain('it did not answer a ping');
  });

  it.each([
    ['a hello of 2 MiB', () => frame('hello', { node: 'x'.repeat(2 * 1024 * 1024) }), '1009'],
    ['a binary frame', () => Buffer.from(hello()), '1003'],
  ])('sends %s (45)', async (_, text, code) => {
    const { url } = await socketServer((socket) => socket.send(text()));
    const row = await failing(url, '--timeout 3');
    expect(row).toMatchObject({ result: 'failed', bytes: 0 });
    expect(row.why).toMatch(new RegExp(`no hello: .*${code}|Max payload`));
  });

  it('confirms before it was asked', async () => {
    const { url } = await socketServer((socket) => {
      socket.send(hello());
      socket.send(frame('ack', { re: 'snapshot-1', version: 2, checksum: 'a'.repeat(64) }));
    });
    expect(await failing(url, '--timeout 1')).toMatchObject({ result: 'unknown' });
  });
});

describe('what to do about it', () => {
  const answers = async (status: string) =>
    (await answering(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`)).url;
  const env = { NETGOAT_EDGE_TOKEN: TOKEN };
  const RUN_AGAIN = 'run it again: an edge that has it by then is not sent it twice';

  it.each<[string, () => Promise<string>, string, Options]>([
    ['no token', () => answers('401 No'), 'no token was given: set NETGOAT_EDGE_TOKEN', {}],
    [
      'a wrong token',
      () => answers('401 No'),
      'the token comes from NETGOAT_EDGE_TOKEN, --token-file',
      { env },
    ],
    ['a token that may not', () => answers('403 No'), 'the token comes from NETGOAT_EDGE_TOKEN', { env }],
    ['another path', () => answers('404 No'), 'look at the port and the path in the URL', {}],
    ['no TLS', async () => (await startEdgeNode()).url.replace('ws:', 'wss:'), 'is named by ws://', {}],
    [
      'another protocol',
      async () => (await socketServer(() => undefined, ['other'])).url,
      '--no-ack sends',
      {},
    ],
    ['nobody', async () => NOBODY, RUN_AGAIN, {}],
    ['a busy edge', () => answers('503 No'), RUN_AGAIN, {}],
  ])('%s', async (_, serve, hint, options) => {
    const { code, stderr } = await plane.run(`sync push ${await serve()} --retries 0`, options);
    expect(code).toBe(6);
    expect(stderr.split('\n')[1]).toContain(hint);
    expect(stderr.includes(RUN_AGAIN)).toBe(hint === RUN_AGAIN);
  });

  it('is said once for each cause', async () => {
    const urls = [NOBODY, await answers('401 No'), await answers('401 Not')].join(' ');
    const { stderr } = await plane.run(`sync push ${urls} --retries 0`);
    expect(stderr).toContain(`  ${RUN_AGAIN}; no token was given: `);
    expect(stderr.match(/no token/g)).toHaveLength(1);
  });

  it('is to leave out --no-ack where the protocol is spoken', async () => {
    const node = await startEdgeNode();
    const { code, stdout, stderr } = await plane.run(`sync push ${node.url} --no-ack --retries 0`);
    expect(code).toBe(6);
    expect(stdout).toContain('it answered 400');
    expect(stderr).toContain('may speak netgoat.edge.v1: leave out --no-ack');
  });
});

it('is one of several: a row each, and exit 6 (48)', async () => {
  const [good, bad, silent] = [
    await startEdgeNode(undefined, { node: 'good' }),
    await startEdgeNode(['--listen', '127.0.0.1:0', '--nack', 'no'], { node: 'bad' }),
    await startEdgeNode(['--listen', '127.0.0.1:0', '--stall'], { node: 'silent' }),
  ];
  const urls = [good.url, bad.url, silent.url, NOBODY].join(' ');
  const { code, rows, stderr } = await push(urls, '--timeout 2');
  expect(code).toBe(6);
  expect(rows.map(({ node, result }) => [node, result])).toEqual([
    ['good', 'acked'],
    ['bad', 'refused'],
    ['silent', 'unknown'],
    [null, 'failed'],
  ]);
  expect(stderr).toContain('3 of 4 edges did not confirm version 2');
});

describe('what an edge says', () => {
  const env = { NETGOAT_EDGE_TOKEN: TOKEN };
  const echoes: [string, () => Promise<{ url: string }>][] = [
    ['HTTP', () => answering(`HTTP/1.1 401 ${TOKEN}\r\nX-Token: ${TOKEN}\r\nContent-Length: 0\r\n\r\n`)],
    ['the name', () => socketServer((socket) => socket.send(hello(TOKEN)))],
    ['a close', () => socketServer((socket) => socket.close(4000, `not ${TOKEN}`))],
    [
      'a NACK',
      () =>
        socketServer((socket) => {
          socket.send(hello());
          socket.on('message', (text) => {
            const { nonce } = JSON.parse(String(text)) as { nonce: string };
            const errors = [{ hostname: TOKEN, path: TOKEN, message: `no ${TOKEN} is good` }];
            socket.send(frame('nack', { re: nonce, version: 2, errors }));
          });
        }),
    ],
  ];

  it.each(echoes)('may be the token, which is not shown: %s', async (_, serve) => {
    const { url } = await serve();
    for (const flags of ['', '-o json', '--debug', '-o yaml']) {
      const { code, stdout, stderr } = await plane.run(`sync push ${url} --retries 0 ${flags}`, { env });
      expect(code).toBe(6);
      expect(`${stdout}${stderr}`).not.toContain(TOKEN);
    }
    expect(JSON.stringify(await store.models.EdgeNode.find().lean())).not.toContain(TOKEN);
  });

  it('is shown inert (36)', async () => {
    const { url } = await socketServer((socket) => socket.close(4000, '\u001b[2Jgone\u202e'));
    const { stdout } = await plane.run(`sync push ${url} --retries 0`);
    expect(stdout).toContain('\\x1b[2Jgone\\u202e');
  });
});
