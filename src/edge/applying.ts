import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { ChangePack } from '../models/change.ts';
import type { ChangeSet } from '../models/change-set.ts';
import type { Domain } from '../models/domain.ts';
import { readVersion } from '../queries/version.ts';
import { placeFields, touches } from './scope.ts';
import type { ChangePlace, EdgeScope } from './scope.ts';

/** Where a store stands, as one who reads domains of a scope sees it. */
export interface Standing {
  /** The version of the newest applied set. */
  readonly version: number;
  /** The set that is being applied in steps and touches the scope: what is read now may be half of it. */
  readonly blockedBy: Id | null;
  /** The same as long as nobody has written; a set that was taken back moves it too, although the version stays. */
  readonly mark: string;
}

/** Looks where the store stands; inside a snapshot if there is a session. */
export async function lookAt(store: Store, scope: EdgeScope, session: Session): Promise<Standing> {
  const { value: base } = await readVersion(store, session);
  const newer = await store.models.ChangeSet.countDocuments({ version: { $gt: base } }, within(session));
  // The writer is read after the sets: one that comes between is seen here, one that came and went is counted there.
  const { value, writer } = await readVersion(store, session);
  const blocked = writer !== null && (await isTouched(store, writer.set, scope, session));
  return {
    version: value,
    blockedBy: blocked ? writer.set : null,
    mark: `${value} ${newer} ${writer === null ? '' : String(writer.set)}`,
  };
}

/** What is known of a set that keeps a scope from being read. */
export interface Blocker {
  version: number;
  /** Hostnames, in order; none where the set is about the team alone. */
  domains: string[];
}

/** Says which set it is, and which domains of the scope it touches; null when it is done by now. */
export async function lookAtBlocker(store: Store, scope: EdgeScope, set: Id): Promise<Blocker | null> {
  const found = await store.models.ChangeSet.findById(set, { version: 1, state: 1 }).lean<ChangeSet>();
  if (found?.state !== 'applying') return null;
  const ids = new Map<string, Id>();
  for await (const { domainId } of touching(store, set, scope, undefined)) {
    if (domainId !== null) ids.set(String(domainId), domainId);
  }
  const domains = await store.models.Domain.find({ _id: { $in: [...ids.values()] } }, { hostname: 1 })
    .sort({ hostname: 1 })
    .lean<Domain[]>();
  return { version: found.version, domains: domains.map(({ hostname }) => hostname) };
}

/** A writer records what it intends before it writes: a set without Changes has written nothing yet. */
async function isTouched(store: Store, set: Id, scope: EdgeScope, session: Session): Promise<boolean> {
  const changes = touching(store, set, scope, session);
  try {
    return (await changes.next()).done !== true;
  } finally {
    await changes.return(undefined);
  }
}

/** The Changes of a set, or of several, that touch a scope. */
export async function* touching(
  store: Store,
  sets: Id | readonly Id[],
  scope: EdgeScope,
  session: Session,
): AsyncGenerator<ChangePlace & { set: Id }> {
  const filter = Array.isArray(sets) ? { set: { $in: sets } } : { set: sets as Id };
  const packs = store.models.Change.find(filter, { set: 1, ...placeFields }, within(session))
    .lean<ChangePack[]>()
    .cursor();
  try {
    for await (const { set, changes } of packs) {
      for (const change of changes as ChangePlace[]) if (touches(scope, change)) yield { set, ...change };
    }
  } finally {
    await packs.close();
  }
}
