/** The kinds of desired state: what an operator sets, what a Change is about. */
export type KindName = 'team' | 'user' | 'domain' | 'dns' | 'proxy' | 'alert' | 'incident';

export interface Kind {
  model: 'Team' | 'User' | 'Domain' | 'DNSRecord' | 'ProxyConfig' | 'Alert' | 'Incident';
  /** Adds run from low to high, removes from high to low, so that no document hangs from nothing. */
  rank: number;
  /** Fields that history and output must never hold, as paths below the document. */
  secrets: readonly string[];
}

export const kinds: Record<KindName, Kind> = {
  team: { model: 'Team', rank: 0, secrets: [] },
  user: { model: 'User', rank: 1, secrets: ['tokens.hash'] },
  domain: { model: 'Domain', rank: 2, secrets: [] },
  dns: { model: 'DNSRecord', rank: 3, secrets: [] },
  proxy: { model: 'ProxyConfig', rank: 3, secrets: [] },
  alert: { model: 'Alert', rank: 3, secrets: [] },
  incident: { model: 'Incident', rank: 4, secrets: [] },
};

export const kindNames = Object.keys(kinds) as KindName[];
