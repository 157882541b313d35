import { describe, expect, it } from 'vitest';
import { agentView, tooLong } from '../../../src/edge/agent/view.ts';
import type { EdgeDomain, EdgeProxy, EdgeRecord } from '../../../src/edge/schema.ts';
import { edgeDomainOf } from '../fixtures.ts';

/*
 * What is expected here are facts of the agent's source (netgoat-xyz/netgoat at f6d8916): main.go decodes domainRecord
 * and wafRuleRecord, and applies a snapshot as a whole or not at all.
 */

interface Body {
  domains: Record<string, unknown>[];
  waf_rules: { id: string; name: string; expression: string; priority: number; hosts: string[] }[];
  agent_config: Record<string, Record<string, unknown>>;
}

async function viewOf(domains: readonly EdgeDomain[]) {
  const sorted = domains.toSorted((a, b) => (a.hostname < b.hostname ? -1 : 1));
  const view = await agentView({
    async *lines() {
      for (const domain of sorted) yield JSON.stringify(domain);
    },
  });
  const body = view.domains === null ? null : (JSON.parse(view.domains) as Body);
  return { body: body!, isTooLong: body === null, notes: view.notes.lines(), header: view.notes.header() };
}

const address = (name: string, more: Partial<EdgeRecord> = {}): EdgeRecord => {
  return { name, type: 'A', ttl: 300, proxied: true, value: '192.0.2.1', ...more };
};

const proxyOf = (more: Partial<EdgeProxy> = {}): EdgeProxy => ({
  upstreams: [{ url: 'http://127.0.0.1:5080', weight: 1, healthCheck: null }],
  waf: [],
  rateLimits: [],
  edgeFunctions: [],
  headers: [],
  cache: { level: 'standard', ttl: 300 },
  ...more,
});

const shop = (more: Partial<EdgeDomain> = {}) =>
  edgeDomainOf('shop.example.com', { proxy: proxyOf(), ...more });

const rule = (name: string, priority: number, action: 'block' | 'allow' | 'log' = 'block') => {
  return { name, expression: `Path == "/${name}"`, action, priority };
};

describe('a route', () => {
  it('has every field of the agent, and no certificate or key', async () => {
    const { body } = await viewOf([
      shop({
        dns: [address('@'), address('www')],
        proxy: proxyOf({
          upstreams: ['http://127.0.0.1:5080', 'https://b.example.net/app'].map((url) => {
            return { url, weight: 1, healthCheck: null };
          }),
        }),
      }),
    ]);
    const targets = {
      target_url: 'http://127.0.0.1:5080',
      target_urls: ['http://127.0.0.1:5080', 'https://b.example.net/app'],
    };
    expect(body.domains).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        domain: 'shop.example.com',
        ...targets,
        certificate_pem: '',
        private_key_pem: '',
        team_id: 'acme',
        active: true,
        subdomains: [
          {
            id: expect.stringMatching(/^[0-9a-f]{24}$/),
            subdomain: 'www',
            full_domain: 'www.shop.example.com',
            ...targets,
            active: true,
          },
        ],
      },
    ]);
  });

  it('is made of each proxied name of A, AAAA, CNAME and ALIAS, once', async () => {
    const { body, notes } = await viewOf([
      shop({
        dns: [
          address('@', { proxied: false }),
          address('_dmarc', { type: 'TXT', proxied: false, value: '"x"' }),
          address('a.b'),
          address('a.b', { type: 'AAAA', value: '2001:db8::1' }),
          address('alias', { type: 'ALIAS', value: 'x.example.' }),
          address('c', { type: 'CNAME', value: 'x.example.' }),
          address('direct', { proxied: false }),
        ],
      }),
    ]);
    const [{ subdomains }] = body.domains as [{ subdomains: { subdomain: string }[] }];
    expect(subdomains.map(({ subdomain }) => subdomain)).toEqual(['a.b', 'alias', 'c']);
    expect(notes).toEqual([]);
  });

  it('is left out with its rules where there is no upstream: an agent would refuse the whole answer', async () => {
    const drained = [{ url: 'http://127.0.0.1:1', weight: 0, healthCheck: null }];
    const { body, notes } = await viewOf([
      shop({ hostname: 'a.example', proxy: null, dns: [address('@', { proxied: false })] }),
      shop({ hostname: 'b.example', proxy: null, dns: [address('www')] }),
      shop({ hostname: 'c.example', proxy: proxyOf({ upstreams: [], waf: [rule('x', 1)] }) }),
      shop({ hostname: 'd.example', proxy: proxyOf({ upstreams: drained }) }),
    ]);
    expect(body).toMatchObject({ domains: [], waf_rules: [] });
    expect(notes).toEqual([
      'an agent is not told of routes, for want of an upstream (3): b.example, c.example, d.example',
    ]);
  });

  it('leaves wildcards, odd names and names of another domain to others', async () => {
    const { body, notes } = await viewOf([
      shop({ dns: [address('*'), address('*.a'), address('a\\.b'), address('api'), address('x.api')] }),
      shop({ hostname: 'api.shop.example.com', dns: [] }),
    ]);
    expect(body.domains).toMatchObject([
      { domain: 'api.shop.example.com' },
      { domain: 'shop.example.com', subdomains: [] },
    ]);
    expect(notes).toEqual([
      'an agent is not told of wildcard names (2): *.shop.example.com, *.a.shop.example.com',
      'an agent is not told of names that are no host names (1): a\\.b.shop.example.com',
      'an agent is not told of names that belong to another domain (2): api.shop.example.com, x.api.shop.example.com',
    ]);
  });

  it('has the ids that it had before, and others than its neighbours', async () => {
    const domains = [shop({ dns: [address('www')], proxy: proxyOf({ waf: [rule('www', 1)] }) })];
    const ids = async () => {
      const { body } = await viewOf(domains);
      return JSON.stringify(body).match(/[0-9a-f]{24}/g);
    };
    const [first, second] = [await ids(), await ids()];
    expect(first).toEqual(second);
    // Domain, subdomain, rule, proxy configuration.
    expect(new Set(first).size).toBe(4);
  });
});

describe('a rule', () => {
  it('has its hosts, in a field and in the expression, and a name that no other domain has', async () => {
    const { body } = await viewOf([
      shop({ dns: [address('www')], proxy: proxyOf({ waf: [rule('admin', 7)] }) }),
    ]);
    expect(body.waf_rules).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        name: 'shop.example.com/admin',
        expression:
          'lower(split(Host, ":")[0]) in ["shop.example.com","www.shop.example.com"] && (Path == "/admin")',
        action: 'BLOCK',
        priority: 7,
        proxy_config_id: expect.stringMatching(/^[0-9a-f]{24}$/),
        hosts: ['shop.example.com', 'www.shop.example.com'],
      },
    ]);
  });

  it.each(['block', 'allow', 'log'] as const)('does %s in upper case', async (action) => {
    const { body } = await viewOf([shop({ proxy: proxyOf({ waf: [rule('x', 1, action)] }) })]);
    expect(body.waf_rules).toMatchObject([{ action: action.toUpperCase() }]);
  });

  it('stands in the order of priority, then name, over all domains', async () => {
    const { body } = await viewOf([
      shop({ hostname: 'b.example', proxy: proxyOf({ waf: [rule('z', 9), rule('a', -1)] }) }),
      shop({ hostname: 'a.example', proxy: proxyOf({ waf: [rule('z', 9), rule('b', 0)] }) }),
    ]);
    const order = body.waf_rules.map(({ name }) => name);
    expect(order).toEqual(['a.example/z', 'b.example/z', 'a.example/b', 'b.example/a']);
  });

  it('is not sent for a domain whose WAF is off', async () => {
    const { body } = await viewOf([shop({ waf: 'off', proxy: proxyOf({ waf: [rule('x', 1)] }) })]);
    expect(body.waf_rules).toEqual([]);
  });

  it('keeps its place among equals by a number of its own, where an allow meets a block', async () => {
    const waf = [rule('a', 5, 'allow'), rule('b', 5), rule('c', 1, 'log')];
    const { body } = await viewOf([shop({ proxy: proxyOf({ waf }) })]);
    const placed = body.waf_rules.map(({ name, priority }) => [
      name.slice('shop.example.com/'.length),
      priority,
    ]);
    expect(placed).toEqual([
      ['a', 3],
      ['b', 2],
      ['c', 1],
    ]);
  });

  it('keeps its priority among equals that do the same', async () => {
    const waf = [rule('a', 5), rule('b', 5), rule('c', 5, 'log'), rule('d', 1, 'allow')];
    const { body } = await viewOf([shop({ proxy: proxyOf({ waf }) })]);
    expect(body.waf_rules.map(({ priority }) => priority)).toEqual([5, 5, 5, 1]);
  });

  // expr-lang 1.17.7 refuses more than 10,000 nodes; the agent writes `Host == "…" || ` for each host before it.
  it('is sent in lots where it has many hosts', async () => {
    const dns = Array.from({ length: 450 }, (_, at) => address(`h${String(at).padStart(3, '0')}`));
    const { body } = await viewOf([shop({ dns, proxy: proxyOf({ waf: [rule('admin', 1)] }) })]);
    expect(body.waf_rules.map(({ name, hosts }) => [name, hosts.length])).toEqual([
      ['shop.example.com/admin', 200],
      ['shop.example.com/admin/2', 200],
      ['shop.example.com/admin/3', 51],
    ]);
    expect(new Set(body.waf_rules.flatMap(({ hosts }) => hosts)).size).toBe(451);
    expect(new Set(body.waf_rules.map(({ id }) => id)).size).toBe(3);
  });
});

describe('the settings of an agent', () => {
  const cache = (level: 'off' | 'standard' | 'aggressive', ttl = 300) => proxyOf({ cache: { level, ttl } });
  const limit = (more: Partial<EdgeProxy['rateLimits'][number]> = {}) => {
    return { name: 'all', path: '/', limit: 30, per: 20, burst: 5, key: 'ip' as const, ...more };
  };

  it('have every section of the agent', async () => {
    const { body } = await viewOf([]);
    expect(body).toEqual({
      domains: [],
      waf_rules: [],
      zero_trust_enabled: null,
      agent_config: {
        cache: { enabled: false, ttl_seconds: 60, max_entries: 1024, max_body_bytes: 1_048_576 },
        rate_limit: { enabled: false, requests_per_minute: 60, burst: 60, key: 'ip' },
        request_queue: { enabled: false, max_concurrent: 10, max_queued: 100, timeout_seconds: 5 },
        bandwidth: { enabled: false, bytes_per_second: 1_048_576, burst_bytes: 1_048_576, key: 'ip' },
        metrics: { enabled: false, path: '/__netgoat/metrics' },
      },
    });
  });

  it('cache for the shortest time that is asked for', async () => {
    const { body, notes } = await viewOf([
      shop({ hostname: 'a.example', proxy: cache('standard', 60) }),
      shop({ hostname: 'b.example', proxy: cache('aggressive', 600) }),
    ]);
    expect(body.agent_config['cache']).toMatchObject({ enabled: true, ttl_seconds: 60 });
    expect(notes).toEqual([
      'an agent is not told of cache times, of which the shortest is taken (1): b.example',
      'an agent is not told of aggressive caching, taken as standard (1): b.example',
    ]);
  });

  it.each([cache('off'), cache('standard', 0)])('cache nothing where one domain wants it so', async (off) => {
    const { body, notes } = await viewOf([
      shop({ hostname: 'a.example', proxy: cache('standard') }),
      shop({ hostname: 'b.example', proxy: off }),
    ]);
    expect(body.agent_config['cache']).toMatchObject({ enabled: false });
    expect(notes).toEqual([
      'an agent is not told of caching, because a domain beside them has it off (1): a.example',
    ]);
  });

  it('hold the limit of a domain that is alone', async () => {
    const { body, notes } = await viewOf([shop({ proxy: proxyOf({ rateLimits: [limit()] }) })]);
    expect(body.agent_config['rate_limit']).toEqual({
      enabled: true,
      requests_per_minute: 90,
      burst: 35,
      key: 'ip',
    });
    expect(notes).toEqual([]);
  });

  const both = (one: EdgeProxy['rateLimits'], two: EdgeProxy['rateLimits']) => [
    shop({ hostname: 'a.example', proxy: proxyOf({ rateLimits: one }) }),
    shop({ hostname: 'b.example', proxy: proxyOf({ rateLimits: two }) }),
  ];
  const byHost = limit({ key: 'host' });

  it('hold a limit that all domains have by host', async () => {
    const { body } = await viewOf(both([byHost], [byHost]));
    expect(body.agent_config['rate_limit']).toMatchObject({ enabled: true, key: 'host' });
  });

  it.each([
    ['by client, over two domains', both([limit()], [limit()]), 2],
    ['of one of two domains', both([byHost], []), 1],
    ['that differ', both([byHost], [limit({ key: 'host', limit: 31 })]), 2],
    ['of a path', both([limit({ path: '/login' })], []), 1],
    [
      'of which a domain has two',
      [shop({ proxy: proxyOf({ rateLimits: [limit(), limit({ name: 'b' })] }) })],
      2,
    ],
  ])('hold no limits %s', async (_, domains, count) => {
    const { body, header } = await viewOf(domains);
    expect(body.agent_config['rate_limit']).toMatchObject({ enabled: false });
    expect(header).toContain(`rate-limit=${count} (`);
  });

  it('say nothing of weights, health checks, edge functions and headers', async () => {
    const { notes } = await viewOf([
      shop({
        proxy: proxyOf({
          upstreams: [1, 2].map((weight) => ({
            url: `http://127.0.0.1:${weight}`,
            weight,
            healthCheck: '/up',
          })),
          edgeFunctions: [{ name: 'geo', on: 'request', path: '/', code: '' }],
          headers: [{ on: 'response', name: 'Server', value: null }],
        }),
      }),
    ]);
    expect(notes).toEqual([
      'an agent is not told of weights of upstreams, which all get the same share (1): shop.example.com',
      'an agent is not told of paths of health checks (1): shop.example.com',
      'an agent is not told of edge functions (1): shop.example.com geo',
      'an agent is not told of headers (1): shop.example.com Server',
    ]);
  });
});

describe('bounds', () => {
  it('hold for the header, whatever is left out', async () => {
    const waf = shop().proxy!;
    const domains = Array.from({ length: 200 }, (_, at) =>
      shop({
        hostname: `${'d'.repeat(60)}${at}.example`,
        dns: [address('*'), address('a\\.b')],
        proxy: {
          ...waf,
          edgeFunctions: [{ name: 'ü'.repeat(100), on: 'request', path: '/', code: '' }],
          rateLimits: [limitOf('l'.repeat(100))],
        },
      }),
    );
    const { header, notes } = await viewOf(domains);
    expect(header.length).toBeLessThan(4096);
    expect(header).toMatch(/^[\x20-\x7e]+$/);
    expect(header).toMatch(/^wildcard=200 \(/);
    expect(notes.join('\n').length).toBeLessThan(20_000);
  });

  // main.go: maxDomainsResponseBytes = 8 << 20; a longer body is an error, this one is not.
  it('take a body of 8 MiB, and no more', async () => {
    const long = { url: `http://127.0.0.1/${'p'.repeat(1900)}`, weight: 1, healthCheck: null };
    const domains = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        shop({
          hostname: `d${String(at).padStart(4, '0')}.example`,
          dns: [],
          proxy: proxyOf({ upstreams: [long, long, long, long] }),
        }),
      );
    const one = JSON.stringify((await viewOf(domains(1))).body).length;
    const each = JSON.stringify((await viewOf(domains(2))).body).length - one;
    const most = Math.floor((8 * 1024 * 1024 - one - 1) / each) + 1;
    expect((await viewOf(domains(most))).isTooLong).toBe(false);
    expect((await viewOf(domains(most + 1))).isTooLong).toBe(true);
    expect(tooLong().message).toContain('8 MiB');
  });
});

function limitOf(name: string): EdgeProxy['rateLimits'][number] {
  return { name, path: '/login', limit: 1, per: 1, burst: 0, key: 'ip' };
}
