import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { Domain } from '../models/domain.ts';
import type { ListField, ProxyConfig } from '../models/proxy-config.ts';
import type { Access } from './access.ts';
import { findDomain } from './domains.ts';

/** How a domain is served, beside its hostname. */
export interface ProxyRow extends ProxyConfig {
  domain: string;
}

/** A domain and its proxy configuration, null where nothing was set yet. */
export async function findProxy(
  store: Store,
  access: Access,
  name: string,
): Promise<{ domain: Domain; config: ProxyConfig | null }> {
  const domain = await findDomain(store, access, name);
  const config = await store.models.ProxyConfig.findOne({ domainId: domain._id }).lean<ProxyConfig>();
  return { domain, config };
}

/**
 * The proxy configuration of a domain.
 * @throws NetgoatError not-found: there is no such domain within reach, or it has none.
 */
export async function showProxy(store: Store, access: Access, name: string): Promise<ProxyRow> {
  const { domain, config } = await findProxy(store, access, name);
  if (config) return { domain: domain.hostname, ...config };
  throw new NetgoatError('not-found', `${domain.hostname} has no proxy configuration yet`, {
    hint: `\`netgoat proxy upstream add ${domain.hostname} URL\` begins one`,
  });
}

/** One list of a domain's configuration, in its order; empty where there is none. */
export async function listItems<F extends ListField>(
  store: Store,
  access: Access,
  name: string,
  field: F,
): Promise<ProxyConfig[F]> {
  const { config } = await findProxy(store, access, name);
  return config?.[field] ?? ([] as unknown as ProxyConfig[F]);
}
