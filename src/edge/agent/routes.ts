import type { EdgeDomain, EdgeProxy } from '../schema.ts';
import { agentId } from './facts.ts';
import type { AgentDomain, AgentSubdomain } from './facts.ts';
import type { Notes } from './notes.ts';

/** Types whose names an edge answers for. */
const ROUTED = new Set(['A', 'AAAA', 'CNAME', 'ALIAS']);

/**
 * What an agent takes as a plain host: not a pattern, which it would read in `*`, `~` and `regex:`. A subdomain is
 * relative, in lower case as stored.
 */
const HOST = /^[0-9a-z_](?:[0-9a-z_-]*[0-9a-z_])?(?:\.[0-9a-z_](?:[0-9a-z_-]*[0-9a-z_])?)*$/;

/** Hostnames of the payload: what lies at or under one of them is that domain's. */
export type Hostnames = ReadonlySet<string>;

/**
 * The routes of a domain: its hostname, and its proxied names.
 * @returns null for a domain without an upstream: an agent that meets a route without one refuses all of them.
 */
export function agentDomain(domain: EdgeDomain, hostnames: Hostnames, notes: Notes): AgentDomain | null {
  const { hostname, team, proxy } = domain;
  const names = proxiedNames(domain);
  const targets = targetsOf(hostname, proxy, notes);
  const [target] = targets;
  if (target === undefined) {
    if (proxy !== null || names.length > 0) notes.add('no-upstream', hostname);
    return null;
  }
  const to = { target_url: target, target_urls: targets };
  return {
    id: agentId('domain', hostname),
    domain: hostname,
    ...to,
    certificate_pem: '',
    private_key_pem: '',
    team_id: team,
    active: true,
    subdomains: names
      .filter((name) => name !== '@' && isCarried(name, hostname, hostnames, notes))
      .map((name): AgentSubdomain => {
        const full = `${name}.${hostname}`;
        return { id: agentId('subdomain', full), subdomain: name, full_domain: full, ...to, active: true };
      }),
  };
}

/** The hosts that a domain's rules are for. */
export function hostsOf({ domain, subdomains }: AgentDomain): string[] {
  return [domain, ...subdomains.map(({ full_domain }) => full_domain)];
}

function proxiedNames({ dns }: EdgeDomain): string[] {
  const names = dns.filter(({ proxied, type }) => proxied && ROUTED.has(type)).map(({ name }) => name);
  return [...new Set(names)];
}

/** Upstreams of weight 0 get no requests; an agent knows no weights, and takes turns. */
function targetsOf(hostname: string, proxy: EdgeProxy | null, notes: Notes): string[] {
  const upstreams = (proxy?.upstreams ?? []).filter(({ weight }) => weight > 0);
  if (new Set(upstreams.map(({ weight }) => weight)).size > 1) notes.add('weight', hostname);
  if (upstreams.some(({ healthCheck }) => healthCheck !== null)) notes.add('health-check', hostname);
  return upstreams.map(({ url }) => url);
}

function isCarried(name: string, hostname: string, hostnames: Hostnames, notes: Notes): boolean {
  const full = `${name}.${hostname}`;
  if (name === '*' || name.startsWith('*.')) notes.add('wildcard', full);
  else if (!HOST.test(name)) notes.add('other-name', full);
  else if (isOfAnother(full, hostname, hostnames)) notes.add('other-domain', full);
  else return true;
  return false;
}

function isOfAnother(full: string, hostname: string, hostnames: Hostnames): boolean {
  for (let at = full; at !== hostname; at = at.slice(at.indexOf('.') + 1)) {
    if (hostnames.has(at)) return true;
  }
  return false;
}
