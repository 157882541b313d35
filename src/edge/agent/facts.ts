import { createHash } from 'node:crypto';

/** What the NetGoat agent (v0.1 alpha) reads of a control plane; the facts are in docs/netgoat-agent.md. */

/** An agent rejects a longer body of `/domains`. */
export const MOST_BODY = 8 * 1024 * 1024;

/** expr-lang compiles at most 10,000 nodes, and the agent makes four of each host of a rule. */
export const MOST_HOSTS = 200;

export interface AgentDomain {
  id: string;
  domain: string;
  target_url: string;
  target_urls: string[];
  certificate_pem: string;
  private_key_pem: string;
  team_id: string;
  active: true;
  subdomains: AgentSubdomain[];
}

export interface AgentSubdomain {
  id: string;
  subdomain: string;
  full_domain: string;
  target_url: string;
  target_urls: string[];
  active: true;
}

export interface AgentRule {
  id: string;
  name: string;
  expression: string;
  action: string;
  priority: number;
  proxy_config_id: string;
  hosts: string[];
}

/** What holds for an agent as a whole. Read at its start alone. */
export interface AgentConfig {
  cache: { enabled: boolean; ttl_seconds: number; max_entries: number; max_body_bytes: number };
  rate_limit: { enabled: boolean; requests_per_minute: number; burst: number; key: string };
  request_queue: { enabled: boolean; max_concurrent: number; max_queued: number; timeout_seconds: number };
  bandwidth: { enabled: boolean; bytes_per_second: number; burst_bytes: number; key: string };
  metrics: { enabled: boolean; path: string };
}

/** An id that is the same at every time and in every store: the payload has none. */
export function agentId(...of: readonly [kind: string, ...names: string[]]): string {
  return createHash('sha256').update(of.join('\0'), 'utf8').digest('hex').slice(0, 24);
}
