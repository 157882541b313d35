import { NetgoatError } from '../errors.ts';
import { formatValue } from '../dns/record.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain } from '../models/domain.ts';
import type { ProxyConfig } from '../models/proxy-config.ts';
import { edgeDomain } from './schema.ts';
import type { EdgeDomain, EdgeProxy, EdgeRecord } from './schema.ts';

/** A stored record as edges read it. @throws DnsError: the record was edited by hand into something else. */
export function edgeRecord({ name, type, ttl, proxied, value }: DNSRecord): EdgeRecord {
  return { name, type, ttl, proxied, value: formatValue(type, value) };
}

/**
 * The merged form of a domain, checked against the schema.
 * @throws NetgoatError failed: a stored document does not fit, because something else than netgoat wrote it. A payload
 * without the domain would make the edges drop it, so there is none.
 */
export function mergeDomain(
  domain: Domain,
  team: string,
  records: readonly EdgeRecord[],
  proxy: ProxyConfig | null,
): EdgeDomain {
  let plain: object;
  try {
    plain = plainDomain(domain, team, records, proxy);
  } catch (error) {
    throw unfit(domain.hostname, (error as Error).message, error);
  }
  const merged = edgeDomain.safeParse(plain);
  if (merged.success) return merged.data;
  const [issue] = merged.error.issues;
  throw unfit(domain.hostname, `${issue!.path.join('.')}: ${issue!.message}`);
}

/** The fields one by one, so that what a later version stores beside them is no part of this form. */
function plainDomain(
  domain: Domain,
  team: string,
  records: readonly EdgeRecord[],
  proxy: ProxyConfig | null,
): EdgeDomain {
  const { hostname, tls, ownership, waf } = domain;
  return {
    hostname,
    team,
    tls: {
      status: tls.status,
      issuer: tls.issuer,
      notBefore: timeOf(tls.notBefore),
      notAfter: timeOf(tls.notAfter),
      fingerprint: tls.fingerprint,
    },
    ownership: { verified: ownership.verified },
    waf,
    dns: records.toSorted(byNameTypeValue),
    proxy: proxy === null ? null : edgeProxy(proxy),
  };
}

/** The error for a stored document that no payload can carry. */
export function unfit(hostname: string, why: string, cause?: unknown): NetgoatError {
  return new NetgoatError('failed', `what is stored of ${hostname} is damaged: ${why}`, {
    hint: 'set it again with netgoat; other domains can be shown with --domain',
    cause,
  });
}

function timeOf(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

function edgeProxy(proxy: ProxyConfig): EdgeProxy {
  return {
    upstreams: proxy.upstreams.map(({ url, weight, healthCheck }) => ({ url, weight, healthCheck })),
    waf: proxy.wafRules
      .filter(({ enabled }) => enabled)
      .map(({ name, expression, action, priority }) => ({ name, expression, action, priority }))
      .toSorted(byPriority),
    rateLimits: proxy.rateLimits.map(({ name, path, limit, per, burst, key }) => {
      return { name, path, limit, per, burst, key };
    }),
    edgeFunctions: proxy.edgeFunctions.map(({ name, on, path, code }) => ({ name, on, path, code })),
    headers: proxy.headers.map(({ on, name, value }) => ({ on, name, value })),
    cache: { level: proxy.cache.level, ttl: proxy.cache.ttl },
  };
}

type Rule = Pick<EdgeProxy['waf'][number], 'name' | 'priority'>;

/** The order of the WAF rules of a payload: the highest priority first, then by name. */
export function byPriority(a: Rule, b: Rule): number {
  return b.priority - a.priority || compare(a.name, b.name);
}

/** The order of the records of a payload. */
export function byNameTypeValue(a: EdgeRecord, b: EdgeRecord): number {
  if (a.name !== b.name) return a.name === '@' ? -1 : b.name === '@' ? 1 : compare(a.name, b.name);
  return compare(a.type, b.type) || compare(a.value, b.value);
}

/** By code unit, which for ASCII is by byte. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
