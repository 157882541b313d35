import { describe, expect, it } from 'vitest';
import { mergeDomain } from '../../src/edge/edge-domain.ts';
import { edgeDomain } from '../../src/edge/schema.ts';
import type { EdgeRecord } from '../../src/edge/schema.ts';
import { newId } from '../../src/models/base.ts';
import type { Domain } from '../../src/models/domain.ts';
import type { ProxyConfig } from '../../src/models/proxy-config.ts';
import { edgeDomainOf } from './fixtures.ts';

const teamId = newId();

function domainOf(more: Partial<Domain> = {}): Domain {
  return {
    _id: newId(),
    teamId,
    hostname: 'shop.example.com',
    reversedName: 'com.example.shop.',
    tls: { status: 'Pending', issuer: null, notBefore: null, notAfter: null, fingerprint: null },
    ownership: { verified: false, token: 'netgoat-verify=canary', method: null, verifiedAt: null },
    waf: 'off',
    enabled: true,
    tags: ['canary'],
    note: 'canary',
    zone: { soa: null, apexNs: [], defaultTtl: 300 },
    zoneRevision: 4,
    revision: 7,
    ...more,
  };
}

function proxyOf(more: Partial<ProxyConfig> = {}): ProxyConfig {
  return {
    _id: newId(),
    teamId,
    domainId: newId(),
    active: true,
    upstreams: [],
    wafRules: [],
    rateLimits: [],
    edgeFunctions: [],
    headers: [],
    cache: { level: 'standard', ttl: 300 },
    revision: 3,
    ...more,
  };
}

const rule = (name: string, priority: number, enabled = true) => ({
  name,
  expression: 'Path == "/"',
  action: 'block' as const,
  priority,
  enabled,
});

const record = (name: string, type: string, value: string): EdgeRecord => {
  return { name, type, value, ttl: 300, proxied: false };
};

describe('mergeDomain', () => {
  it('carries configuration only', () => {
    const merged = mergeDomain(domainOf(), 'acme', [], proxyOf());
    expect(JSON.stringify(merged)).not.toMatch(/canary|revision|_id|Id"|enabled|active/);
    expect(Object.keys(merged)).toEqual(['hostname', 'team', 'tls', 'ownership', 'waf', 'dns', 'proxy']);
  });

  it('gives times as RFC 3339 in UTC', () => {
    const tls = {
      status: 'Active',
      issuer: 'CN=Test',
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2026-04-01T00:00:00Z'),
      fingerprint: 'AA:BB',
    } as const;
    expect(mergeDomain(domainOf({ tls }), 'acme', [], null).tls).toMatchObject({
      notBefore: '2026-01-01T00:00:00.000Z',
      notAfter: '2026-04-01T00:00:00.000Z',
    });
  });

  it('sorts records: the apex, then by name, type and value, each by bytes', () => {
    const sorted = [
      record('@', 'MX', '10 mail.example.net.'),
      record('@', 'TXT', '"a"'),
      record('*', 'A', '192.0.2.1'),
      record('_dmarc', 'TXT', '"v=DMARC1"'),
      record('www', 'A', '192.0.2.10'),
      record('www', 'A', '192.0.2.9'),
      record('www', 'AAAA', '2001:db8::1'),
    ];
    expect(mergeDomain(domainOf(), 'acme', sorted.toReversed(), null).dns).toEqual(sorted);
  });

  it('keeps enabled rules alone, the highest priority first, then by name', () => {
    const wafRules = [rule('b', 1), rule('z', 5), rule('off', 9, false), rule('a', 1)];
    const { proxy } = mergeDomain(domainOf(), 'acme', [], proxyOf({ wafRules }));
    expect(proxy!.waf.map(({ name }) => name)).toEqual(['z', 'a', 'b']);
  });

  it.each<[string, Partial<Domain>]>([
    ['tls.status', { tls: { ...domainOf().tls, status: 'Broken' as never } }],
    ['tls.issuer', { tls: { ...domainOf().tls, issuer: undefined as never } }],
    ['waf', { waf: 1 as never }],
    ['', { tls: undefined as never }],
    ['', { tls: { ...domainOf().tls, notAfter: '2026-04-01' as never } }],
    ['', { ownership: null as never }],
  ])('refuses a document with a damaged %s and names its domain', (path, damage) => {
    expect(() => mergeDomain(domainOf(damage), 'acme', [], null)).toThrow(
      new RegExp(`shop\\.example\\.com is damaged: ${path}`),
    );
  });

  it('refuses a damaged ProxyConfig and names its domain', () => {
    const proxy = proxyOf({ wafRules: undefined as never });
    expect(() => mergeDomain(domainOf(), 'acme', [], proxy)).toThrow(/shop\.example\.com is damaged/);
  });

  it.each([1.5, 2 ** 53, Number.NaN])(
    'refuses the number %d, which would be rounded on the way',
    (weight) => {
      const upstreams = [{ url: 'http://127.0.0.1', weight, healthCheck: null }];
      expect(() => mergeDomain(domainOf(), 'acme', [], proxyOf({ upstreams }))).toThrow(/weight/);
    },
  );
});

describe('the schema of a domain', () => {
  it('takes a whole domain as it is', () => {
    expect(edgeDomain.parse(edgeDomainOf('a.example'))).toEqual(edgeDomainOf('a.example'));
  });

  it('refuses a field it does not know', () => {
    expect(edgeDomain.safeParse({ ...edgeDomainOf('a.example'), _id: '1' }).success).toBe(false);
  });
});
