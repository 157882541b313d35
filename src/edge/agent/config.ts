import type { EdgeDomain, EdgeProxy } from '../schema.ts';
import type { AgentConfig } from './facts.ts';
import { Notes } from './notes.ts';

type EdgeRateLimit = EdgeProxy['rateLimits'][number];

/** What NetGoat's own control plane says where nothing is set. */
const DEFAULTS: AgentConfig = {
  cache: { enabled: false, ttl_seconds: 60, max_entries: 1024, max_body_bytes: 1_048_576 },
  rate_limit: { enabled: false, requests_per_minute: 60, burst: 60, key: 'ip' },
  request_queue: { enabled: false, max_concurrent: 10, max_queued: 100, timeout_seconds: 5 },
  bandwidth: { enabled: false, bytes_per_second: 1_048_576, burst_bytes: 1_048_576, key: 'ip' },
  metrics: { enabled: false, path: '/__netgoat/metrics' },
};

/** Buckets of these keys are one a host or a path: many domains can share a limit by them. */
const SHARED_KEYS = new Set(['host', 'route']);

/** Gathers what domains set that an agent has one setting for, over all of them. */
export class ConfigOfAll {
  readonly #notes: Notes;
  #routed = 0;
  #uncached = 0;
  readonly #cached = new Map<number, Notes>();
  /** The one limit that all have so far, as text; null where there are several or none. */
  #limit: string | null = null;
  readonly #limits = new Notes();
  #limited = 0;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Takes a domain that is routed. */
  add({ hostname, proxy }: EdgeDomain): void {
    this.#routed += 1;
    this.#addCache(hostname, proxy);
    this.#addLimits(hostname, proxy?.rateLimits ?? []);
    for (const { name } of proxy?.edgeFunctions ?? [])
      this.#notes.add('edge-function', `${hostname} ${name}`);
    for (const { name } of proxy?.headers ?? []) this.#notes.add('header', `${hostname} ${name}`);
  }

  /** The settings of the agent; notes what they leave out. Once, at the end. */
  settle(): AgentConfig {
    return { ...DEFAULTS, cache: this.#cache(), rate_limit: this.#rateLimit() };
  }

  #addCache(hostname: string, proxy: EdgeProxy | null): void {
    const { level, ttl } = proxy?.cache ?? { level: 'off', ttl: 0 };
    if (level === 'off' || ttl === 0) {
      this.#uncached += 1;
      return;
    }
    if (level === 'aggressive') this.#notes.add('cache-level', hostname);
    let same = this.#cached.get(ttl);
    if (same === undefined) this.#cached.set(ttl, (same = new Notes()));
    same.add('cache-ttl', hostname);
  }

  /** A cache that one domain wants off is off: stale or private answers are worse than slow ones. */
  #cache(): AgentConfig['cache'] {
    if (this.#cached.size === 0) return DEFAULTS.cache;
    if (this.#uncached > 0) {
      for (const those of this.#cached.values()) this.#notes.addAll('cache-off', those);
      return DEFAULTS.cache;
    }
    const shortest = Math.min(...this.#cached.keys());
    for (const [ttl, those] of this.#cached) if (ttl > shortest) this.#notes.addAll('cache-ttl', those);
    return { ...DEFAULTS.cache, enabled: true, ttl_seconds: shortest };
  }

  #addLimits(hostname: string, limits: readonly EdgeRateLimit[]): void {
    const whole = limits.filter(({ path }) => path === '/');
    const [limit] = whole;
    for (const each of limits) {
      if (each.path !== '/' || whole.length > 1) this.#notes.add('rate-limit', `${hostname} ${each.name}`);
    }
    if (limit === undefined || whole.length > 1) return;
    const text = JSON.stringify(perMinute(limit));
    this.#limit = this.#limited === 0 || this.#limit === text ? text : null;
    this.#limited += 1;
    this.#limits.add('rate-limit', `${hostname} ${limit.name}`);
  }

  /** An agent has one limit for all hosts: it is set only where that is what every domain says. */
  #rateLimit(): AgentConfig['rate_limit'] {
    const limit = this.#limit === null ? null : (JSON.parse(this.#limit) as ReturnType<typeof perMinute>);
    const isEverybodys = this.#limited === this.#routed;
    if (limit !== null && isEverybodys && (this.#routed === 1 || SHARED_KEYS.has(limit.key))) {
      return { enabled: true, ...limit };
    }
    this.#notes.addAll('rate-limit', this.#limits);
    return DEFAULTS.rate_limit;
  }
}

/**
 * A limit as an agent counts: a bucket that holds `burst` requests and gains so many a minute. Rounded up: a limit
 * below one a minute is one.
 */
function perMinute({ limit, per, burst, key }: EdgeRateLimit) {
  return { requests_per_minute: Math.ceil((limit * 60) / per), burst: limit + burst, key };
}
