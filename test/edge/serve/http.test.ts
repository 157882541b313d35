import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import parsePrometheus from 'parse-prometheus-text-format';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EdgeDomain } from '../../../src/edge/schema.ts';
import { httpRoutes } from '../../../src/edge/serve/http.ts';
import { newMetrics } from '../../../src/edge/serve/metrics.ts';
import type { Metrics } from '../../../src/edge/serve/metrics.ts';
import { NetgoatError } from '../../../src/errors.ts';
import type { Access } from '../../../src/queries/access.ts';
import { edgeDomainOf } from '../fixtures.ts';

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

let server: Server;
let port: number;
let metrics: Metrics;
let domains: EdgeDomain[];
let checksum: string;
let failWith: Error | null;
let reads: number;
/** States that were given out and not released. */
let held = 0;
let ok: boolean;
let logged: Record<string, unknown>[];

const access = (...scopes: ('read' | 'edge')[]): Access => {
  return { actor: 'a@example.com', teams: null, scopes: new Set(scopes), viaToken: true };
};

const tokens: Record<string, Access> = {
  'edge-token': access('edge'),
  'read-token': access('read'),
  'teamless-token': { ...access('edge'), teams: [] },
};

beforeAll(async () => {
  server = createServer((request, response) => routes(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

let routes: ReturnType<typeof httpRoutes>;

afterEach(() => {
  if (held !== 0) throw new Error(`${held} states were not released`);
});

beforeEach(() => {
  [domains, checksum, failWith, reads, ok, logged] = [
    [edgeDomainOf('shop.example.com')],
    'c1',
    null,
    0,
    true,
    [],
  ];
  metrics = newMetrics();
  routes = httpRoutes({
    authorize: async (token) => tokens[token] ?? null,
    serves: ({ teams }) => teams === null,
    state: async () => {
      if (failWith !== null) throw failWith;
      const lines = async function* () {
        reads += 1;
        for (const domain of domains) yield JSON.stringify(domain);
      };
      held += 1;
      return { version: 7, checksum, count: domains.length, lines, release: () => void (held -= 1) };
    },
    health: () => ({ ok, version: 7, nodes: 3 }),
    metrics,
    log: (event) => void logged.push(event),
    refused: (_, refused) => void logged.push({ ...refused }),
  });
});

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject).end();
  });
}

const key = { 'x-api-key': 'edge-token' };
const jsonOf = ({ body }: Got) => JSON.parse(body.toString('utf8')) as Record<string, unknown>;

describe('what an agent polls', () => {
  // main.go, addStreamAuthHeaders: the key goes in both headers.
  it.each([key, { authorization: 'Bearer edge-token' }, { authorization: 'bearer  edge-token', ...key }])(
    'is given to who shows %j',
    async (headers) => {
      const got = await get('/domains', headers);
      expect(got).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
      expect(jsonOf(got)).toMatchObject({ domains: [{ domain: 'shop.example.com' }], waf_rules: [{}] });
    },
  );

  it('has its version, checksum and what it leaves out in headers', async () => {
    const { headers } = await get('/domains', key);
    expect(headers).toMatchObject({ 'x-netgoat-version': '7', 'x-netgoat-checksum': 'c1', etag: 'W/"c1"' });
    expect(headers['x-netgoat-not-carried']).toMatch(
      /^rate-limit=1 \(shop\.example\.com login\); edge-function=1/,
    );
  });

  it('is the settings at /agent-config, and nobody at /users', async () => {
    const { agent_config: config } = jsonOf(await get('/domains', key));
    expect(jsonOf(await get('/agent-config', key))).toEqual({ agent_config: config });
    expect(jsonOf(await get('/users', key))).toEqual({ users: [] });
  });

  it.each(['/domains/', '/domains?x=1', '/agent-config/?'])('is found at %s', async (path) => {
    expect((await get(path, key)).status).toBe(200);
  });

  it('follows the state', async () => {
    await get('/domains', key);
    domains = [edgeDomainOf('b.example')];
    checksum = 'c2';
    const got = await get('/domains', key);
    expect(got.headers.etag).toBe('W/"c2"');
    expect(jsonOf(got)).toMatchObject({ domains: [{ domain: 'b.example' }] });
  });

  it('is made once for a state, however many ask', async () => {
    await Promise.all(Array.from({ length: 20 }, () => get('/domains', key)));
    await get('/agent-config', key);
    // Once for the hostnames, once for the domains.
    expect(reads).toBe(2);
  });

  it('goes compressed to who reads that, and is the same', async () => {
    domains = ['a', 'b', 'c', 'd'].map((name) => edgeDomainOf(`${name}.example`));
    const plain = await get('/domains', key);
    const packed = await get('/domains', { ...key, 'accept-encoding': 'br, gzip;q=0.5' });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    for (const coding of ['br', 'gzip;q=0', 'gzip;q=0, *', 'identity']) {
      const got = await get('/domains', { ...key, 'accept-encoding': coding });
      expect(got.headers['content-encoding'], coding).toBeUndefined();
    }
  });

  it.each(['W/"c1"', '"c1"', '"x", W/"c1"', '*'])('is not sent again to who has %s', async (known) => {
    const got = await get('/domains', { ...key, 'if-none-match': known });
    expect(got).toMatchObject({ status: 304, headers: { etag: 'W/"c1"' } });
    expect(got.body.length).toBe(0);
    expect((await get('/domains', { ...key, 'if-none-match': '"c2"' })).status).toBe(200);
  });

  it('has a head', async () => {
    const got = await get('/domains', key, 'HEAD');
    const { body } = await get('/domains', key);
    expect(got).toMatchObject({ status: 200, headers: { 'content-length': String(body.length) } });
    expect(got.body.length).toBe(0);
  });

  // An agent takes nothing but 200, and goes on with what it has.
  it('is refused where it is longer than an agent takes, with advice; its settings are not', async () => {
    const { proxy } = edgeDomainOf('x.example');
    const upstreams = Array.from({ length: 4500 }, (_, at) => {
      return { url: `http://127.0.0.1/${'p'.repeat(1980)}${at}`, weight: 1, healthCheck: null };
    });
    domains = [edgeDomainOf('x.example', { proxy: { ...proxy!, upstreams } })];
    const got = await get('/domains', key);
    expect(got.status).toBe(507);
    expect(jsonOf(got)).toMatchObject({
      error: {
        message: expect.stringContaining('8 MiB'),
        hint: expect.stringContaining('token of fewer teams'),
      },
    });
    expect((await get('/agent-config', key)).status).toBe(200);
  });
});

describe('who is not let in', () => {
  it.each([
    [401, {}],
    [401, { 'x-api-key': 'nobody' }],
    [401, { 'x-api-key': '' }],
    [401, { authorization: 'Basic edge-token' }],
    [401, { authorization: 'Bearer nobody', ...key }],
    [403, { 'x-api-key': 'read-token' }],
    [403, { 'x-api-key': 'teamless-token' }],
  ])('is told %d for %j, and nothing else', async (status, headers) => {
    for (const path of ['/domains', '/agent-config', '/users']) {
      const got = await get(path, headers as Record<string, string>);
      expect(got.status, path).toBe(status);
      expect(jsonOf(got)).toEqual({
        error: {
          code: status === 401 ? 'unauthorized' : 'forbidden',
          message: expect.any(String),
          hint: expect.any(String),
        },
      });
      expect(got.body.toString('utf8')).not.toMatch(/example|nobody|read-token/);
    }
    expect(reads).toBe(0);
  });

  it('is counted by why', async () => {
    await get('/domains');
    await get('/domains', { 'x-api-key': 'read-token' });
    const refused = (await familyOf('netgoat_edge_refused_total')).metrics;
    expect(refused).toEqual([
      { value: '1', labels: { reason: 'token' } },
      { value: '1', labels: { reason: 'scope' } },
    ]);
  });
});

describe('other requests', () => {
  it.each(['POST', 'PUT', 'DELETE'])('get 405 for %s', async (method) => {
    expect(await get('/agent-config', key, method)).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });

  it.each([
    '/',
    '/nothing',
    '//domains',
    '/domains/x',
    '/constructor',
    '/__proto__',
    '/%64omains',
    '/DOMAINS',
  ])('get 404 at %s', async (path) => expect((await get(path, key)).status).toBe(404));

  it('get 503 while a large write is going on, and a way to try again', async () => {
    failWith = new NetgoatError('conflict', 'version 8 is still being written', { hint: 'run it again' });
    const got = await get('/domains', key);
    expect(got).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(jsonOf(got)).toMatchObject({ error: { code: 'conflict' } });
    failWith = null;
    expect((await get('/domains', key)).status).toBe(200);
  });

  it('get 500 for what nobody expected: the log has it, the answer has not', async () => {
    failWith = new Error('mongodb://root:hunter2@db is damaged');
    const got = await get('/domains', key);
    expect(got.status).toBe(500);
    expect(got.body.toString('utf8')).not.toContain('hunter2');
    expect(logged).toMatchObject([{ event: 'http-error', route: '/domains', status: 500 }]);
  });

  it('get the state again where reading it failed half-way', async () => {
    domains = [null as never];
    expect((await get('/domains', key)).status).toBe(500);
    domains = [edgeDomainOf('shop.example.com')];
    expect((await get('/domains', key)).status).toBe(200);
  });
});

describe('/health', () => {
  it('asks for no token and names nobody', async () => {
    const got = await get('/health');
    expect(jsonOf(got)).toEqual({ status: 'ok', service: 'netgoat', version: 7, nodes: 3 });
    expect(got.status).toBe(200);
  });

  it('is 503 where something fails', async () => {
    ok = false;
    const got = await get('/health');
    expect(jsonOf(got)).toMatchObject({ status: 'failing' });
    expect(got.status).toBe(503);
  });
});

describe('/metrics', () => {
  it('is read by a parser of the text format', async () => {
    metrics.version.set(7);
    metrics.nodesConnected.set(2);
    metrics.nodesBehind.set(1);
    metrics.acks.inc(5);
    metrics.sentBytes.inc(1_000_000);
    metrics.ackSeconds.observe(0.3);
    const got = await get('/metrics');
    expect(got.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const families = parsePrometheus(got.body.toString('utf8'));
    const shown = Object.fromEntries(
      families
        .filter(({ name }) => name.startsWith('netgoat_'))
        .map(({ name, type, metrics: m }) => [name, { type, m }]),
    );
    const one = (type: string, value: string) => ({ type, m: [{ value }] });
    expect(shown).toMatchObject({
      netgoat_version: one('GAUGE', '7'),
      netgoat_edge_nodes_connected: one('GAUGE', '2'),
      netgoat_edge_nodes_behind: one('GAUGE', '1'),
      netgoat_edge_acks_total: one('COUNTER', '5'),
      netgoat_edge_nacks_total: one('COUNTER', '0'),
      netgoat_edge_sent_bytes_total: one('COUNTER', '1000000'),
      netgoat_edge_snapshots_total: one('COUNTER', '0'),
      netgoat_edge_deltas_total: one('COUNTER', '0'),
      netgoat_edge_reports_total: one('COUNTER', '0'),
      netgoat_edge_ack_seconds: {
        type: 'HISTOGRAM',
        m: [{ count: '1', sum: '0.3', buckets: { '0.25': '0', '0.5': '1', '+Inf': '1' } }],
      },
    });
    expect(families.map(({ name }) => name)).toContain('process_resident_memory_bytes');
    expect(families.every(({ help }) => help.length > 0)).toBe(true);
  });

  it('counts requests by route and code, and makes no series of what strangers ask for', async () => {
    await get('/domains', key);
    await get('/shop.example.com');
    await get('/nothing');
    expect((await familyOf('netgoat_http_requests_total')).metrics).toEqual([
      { value: '1', labels: { route: '/domains', code: '200' } },
      { value: '2', labels: { route: 'other', code: '404' } },
    ]);
    expect((await get('/metrics')).body.toString('utf8')).not.toContain('example');
  });
});

async function familyOf(name: string) {
  const families = parsePrometheus((await get('/metrics')).body.toString('utf8'));
  return families.find((family) => family.name === name)!;
}
