import type { Store } from '../../database/store.ts';
import { DnsError } from '../../dns/error.ts';
import { toHostname } from '../../dns/names.ts';
import type { Domain } from '../../models/domain.ts';
import { reaches } from '../../queries/access.ts';
import type { Access } from '../../queries/access.ts';

/** Whom a request belongs to. */
export type Owner = Pick<Domain, '_id' | 'teamId' | 'hostname'>;

/** Whose traffic is counted. */
export interface Reach {
  access: Access;
  /** The one that is counted alone; it has the lines without a host as well. */
  domain: Owner | null;
}

/** Hosts that are remembered: anybody may send requests with whatever host. */
const MOST_REMEMBERED = 20_000;
/** Names that are asked for at once. */
const PACK = 500;

/** Finds the domains of hosts: the nearest at or above each. */
export class Hosts {
  readonly #store: Store;
  readonly #reach: Reach;
  #known = new Map<string, Owner | null>();

  constructor(store: Store, reach: Reach) {
    this.#store = store;
    this.#reach = reach;
  }

  /**
   * The domains of hosts as they stand in a log; null for what has none within reach: one that is nearer and
   * another team's takes the host from what is above it.
   */
  async resolve(hosts: Iterable<string>): Promise<Map<string, Owner | null>> {
    const found = new Map<string, Owner | null>();
    let missing: string[] = [];
    for (const host of hosts) {
      const known = this.#known.get(host);
      if (known !== undefined) found.set(host, known);
      else missing.push(host);
      if (missing.length < PACK) continue;
      await this.#lookUp(missing, found);
      missing = [];
    }
    await this.#lookUp(missing, found);
    return found;
  }

  async #lookUp(hosts: readonly string[], found: Map<string, Owner | null>): Promise<void> {
    if (hosts.length === 0) return;
    const names = new Map(hosts.map((host) => [host, namesOf(host)]));
    const hostnames = [...new Set([...names.values()].flat())];
    const owners = hostnames.length === 0 ? [] : await this.#named(hostnames);
    const byName = new Map(owners.map((owner) => [owner.hostname, owner]));
    if (this.#known.size + hosts.length > MOST_REMEMBERED) this.#known = new Map();
    for (const [host, own] of names) {
      const nearest = own.find((name) => byName.has(name));
      const owner = this.#reached(host, nearest === undefined ? null : byName.get(nearest)!);
      this.#known.set(host, owner);
      found.set(host, owner);
    }
  }

  #named(hostnames: readonly string[]): Promise<Domain[]> {
    const named = { hostname: { $in: hostnames } };
    return this.#store.models.Domain.find(named, { hostname: 1, teamId: 1 }).lean<Domain[]>();
  }

  #reached(host: string, owner: Owner | null): Owner | null {
    const { access, domain } = this.#reach;
    if (host === '') return domain;
    if (owner === null || !reaches(access, owner.teamId)) return null;
    return domain === null || domain._id.equals(owner._id) ? owner : null;
  }
}

/** The name of a host and those above it, the nearest first; none for an address. */
function namesOf(host: string): string[] {
  const port = /:\d{1,5}$/.exec(host);
  try {
    const labels = toHostname(port === null ? host : host.slice(0, port.index)).split('.');
    return labels.map((_, at) => labels.slice(at).join('.'));
  } catch (error) {
    if (error instanceof DnsError) return [];
    throw error;
  }
}
