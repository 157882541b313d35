import type { Store } from '../database/store.ts';
import type { ChangeSet } from '../models/change-set.ts';
import { reaches } from './access.ts';
import type { Access } from './access.ts';
import { findDomain } from './domains.ts';
import { readVersion } from './version.ts';

/** A set of Changes that is being written to a domain in steps: what is read meanwhile may be half of it. */
export interface Unfinished {
  version: number;
  hostname: string;
  /** Null for one who reaches no team of the set. */
  command: string | null;
}

/**
 * The set that is being written to this domain, or was until its process died; null where there is none, and for a
 * domain that cannot be found. Costs one look-up by id where nobody writes in steps.
 */
export async function unfinishedOn(store: Store, access: Access, name: string): Promise<Unfinished | null> {
  const { writer } = await readVersion(store);
  if (writer === null) return null;
  const set = await store.models.ChangeSet.findOne({
    _id: writer.set,
    state: 'applying',
  }).lean<ChangeSet>();
  if (set === null) return null;
  // The command itself says that there is no such domain.
  const domain = await findDomain(store, access, name).catch(() => null);
  if (domain === null) return null;
  const touched =
    set.zones.some(({ domainId }) => domainId.equals(domain._id)) ||
    (await store.models.Change.exists({ set: set._id, 'changes.domainId': domain._id })) !== null;
  if (!touched) return null;
  const { version, command } = set;
  return { version, hostname: domain.hostname, command: mayKnow(access, set) ? command : null };
}

/**
 * Whether a set's command may be shown: what another team did is not for every token's user to read. Who has the
 * database itself reads everything, whatever teams the command at hand is about.
 */
export function mayKnow(access: Access, { teams }: Pick<ChangeSet, 'teams'>): boolean {
  return !access.viaToken || access.teams === null || teams.some((team) => reaches(access, team));
}
