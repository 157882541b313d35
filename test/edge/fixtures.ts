import type { EdgeDomain } from '../../src/edge/schema.ts';

/** A domain of the payload with something in every list. */
export function edgeDomainOf(hostname: string, more: Partial<EdgeDomain> = {}): EdgeDomain {
  return {
    hostname,
    team: 'acme',
    tls: { status: 'Pending', issuer: null, notBefore: null, notAfter: null, fingerprint: null },
    ownership: { verified: false },
    waf: 'on',
    dns: [{ name: '@', type: 'A', ttl: 300, proxied: true, value: '192.0.2.1' }],
    proxy: {
      upstreams: [{ url: 'http://127.0.0.1:5080', weight: 2, healthCheck: null }],
      waf: [{ name: 'admin', expression: 'Path startsWith "/admin"', action: 'block', priority: 100 }],
      rateLimits: [{ name: 'login', path: '/login', limit: 10, per: 60, burst: 0, key: 'ip' }],
      edgeFunctions: [{ name: 'geo', on: 'request', path: '/', code: 'export default (r) => r;\n' }],
      headers: [{ on: 'response', name: 'Server', value: null }],
      cache: { level: 'standard', ttl: 300 },
    },
    ...more,
  };
}
