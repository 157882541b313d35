import type { Schema } from 'mongoose';
import { defineSchema, domainId, revision, teamId } from './base.ts';
import type { Id, Tenant } from './base.ts';

export const cacheLevels = ['off', 'standard', 'aggressive'] as const;
export const wafActions = ['block', 'allow', 'log'] as const;
export const edgePhases = ['request', 'response'] as const;
export const rateLimitKeys = ['ip', 'host', 'route', 'global'] as const;

export interface Upstream {
  url: string;
  weight: number;
  healthCheck: string | null;
}

export interface WafRule {
  name: string;
  expression: string;
  action: (typeof wafActions)[number];
  /** Highest first. */
  priority: number;
  enabled: boolean;
}

export interface RateLimit {
  name: string;
  path: string;
  /** Requests allowed in `per` seconds. */
  limit: number;
  per: number;
  burst: number;
  key: (typeof rateLimitKeys)[number];
}

export interface EdgeFunction {
  name: string;
  on: (typeof edgePhases)[number];
  path: string;
  code: string;
}

export interface Header {
  on: (typeof edgePhases)[number];
  name: string;
  /** null takes the header away. */
  value: string | null;
}

interface Cache {
  level: (typeof cacheLevels)[number];
  /** Seconds. */
  ttl: number;
}

/** How an edge serves one domain; each domain has at most one. */
export interface ProxyConfig extends Tenant {
  domainId: Id;
  active: boolean;
  upstreams: Upstream[];
  wafRules: WafRule[];
  rateLimits: RateLimit[];
  edgeFunctions: EdgeFunction[];
  headers: Header[];
  cache: Cache;
}

/** The fields that hold a list of things with names of their own. */
export type ListField = 'upstreams' | 'wafRules' | 'rateLimits' | 'edgeFunctions';

const name = { type: String, required: true, maxlength: 100 };
const path = { type: String, required: true, maxlength: 2000 };
const phase = { type: String, enum: edgePhases, required: true };

/** The schema and the indexes of ProxyConfig; built when first used. */
export function proxyConfigSchema(): Schema<ProxyConfig> {
  const schema = defineSchema<ProxyConfig>({
    teamId,
    domainId,
    active: { type: Boolean, default: true },
    upstreams: [
      {
        _id: false,
        url: { type: String, required: true, maxlength: 2000 },
        weight: { type: Number, default: 1, min: 0, max: 65_535 },
        healthCheck: { type: String, default: null },
      },
    ],
    wafRules: [
      {
        _id: false,
        name,
        expression: { type: String, required: true, maxlength: 4096 },
        action: { type: String, enum: wafActions, required: true },
        priority: { type: Number, default: 0, min: -1_000_000, max: 1_000_000 },
        enabled: { type: Boolean, default: true },
      },
    ],
    rateLimits: [
      {
        _id: false,
        name,
        path,
        limit: { type: Number, required: true, min: 1 },
        per: { type: Number, required: true, min: 1 },
        burst: { type: Number, default: 0, min: 0 },
        key: { type: String, enum: rateLimitKeys, default: 'ip' },
      },
    ],
    edgeFunctions: [{ _id: false, name, on: phase, path, code: { type: String, required: true } }],
    headers: [
      {
        _id: false,
        on: phase,
        name: { type: String, required: true, match: /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/ },
        value: { type: String, default: null, maxlength: 8000 },
      },
    ],
    cache: {
      level: { type: String, enum: cacheLevels, default: 'standard' },
      ttl: { type: Number, default: 300, min: 0 },
    },
    revision,
  });
  schema.index({ domainId: 1 }, { unique: true });
  schema.index({ teamId: 1 });
  return schema;
}
