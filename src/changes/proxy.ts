import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { newId } from '../models/base.ts';
import type { Domain } from '../models/domain.ts';
import { normalize } from '../models/normalize.ts';
import { cacheLevels } from '../models/proxy-config.ts';
import type { Header, ProxyConfig } from '../models/proxy-config.ts';
import type { Access } from '../queries/access.ts';
import { findProxy } from '../queries/proxy.ts';
import { subjectBelow } from './cascade.ts';
import { onOff, ttlTime } from './inputs.ts';
import { addition, planOf, updates } from './plan.ts';
import type { Plan } from './plan.ts';
import { readHeader } from './proxy-inputs.ts';

export const proxyEdits = z.object({
  active: onOff.optional(),
  cache: z.enum(cacheLevels).optional(),
  cacheTtl: ttlTime.optional(),
  headerRequest: z.array(z.string()).default([]),
  headerResponse: z.array(z.string()).default([]),
  unsetHeader: z.array(z.string()).default([]),
});

/** What a domain's configuration becomes; nothing where an edit asks for nothing. */
type Edit = (config: ProxyConfig) => Partial<ProxyConfig>;

/** A domain's configuration with an edit made to it; the first edit makes the configuration. */
export async function editProxy(store: Store, access: Access, name: string, edit: Edit): Promise<Plan> {
  const { domain, config } = await findProxy(store, access, name);
  const subject = subjectBelow('proxy', domain, '');
  const current = config ?? (await emptyConfig(store, domain));
  const edited = edit(current);
  const next = await normalize(store.models, 'ProxyConfig', { ...current, ...edited });
  if (config) return planOf(updates(subject, config, next), { revision: config.revision });
  return planOf(Object.keys(edited).length === 0 ? [] : [addition(subject, next)], { revision: 0 });
}

/** Other settings: caching, headers, and whether edges are sent the configuration at all. */
export function setProxy(
  store: Store,
  access: Access,
  name: string,
  edits: z.output<typeof proxyEdits>,
): Promise<Plan> {
  const { active, cache, cacheTtl, unsetHeader } = edits;
  const set = [
    ...edits.headerRequest.map((text) => readHeader('request', text)),
    ...edits.headerResponse.map((text) => readHeader('response', text)),
  ];
  return editProxy(store, access, name, (config) => ({
    ...(active === undefined ? {} : { active: active === 'on' }),
    ...(cache === undefined && cacheTtl === undefined
      ? {}
      : { cache: { level: cache ?? config.cache.level, ttl: cacheTtl ?? config.cache.ttl } }),
    ...(set.length + unsetHeader.length === 0
      ? {}
      : { headers: withHeaders(config.headers, set, unsetHeader) }),
  }));
}

function emptyConfig(store: Store, domain: Domain): Promise<ProxyConfig> {
  const { _id: domainId, teamId } = domain;
  return normalize(store.models, 'ProxyConfig', { _id: newId(), teamId, domainId, revision: 1 });
}

/** One rule a header and direction, the last one said; sorted, so that the same rules give the same payload. */
function withHeaders(headers: readonly Header[], set: readonly Header[], unset: readonly string[]): Header[] {
  const gone = new Set(unset.map((name) => name.toLowerCase()));
  const kept = headers.filter(({ name }) => !gone.has(name.toLowerCase()));
  const rules = new Map([...kept, ...set].map((header) => [headerKey(header), header]));
  return [...rules].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, header]) => header);
}

function headerKey({ on, name }: Header): string {
  return `${on} ${name.toLowerCase()}`;
}
