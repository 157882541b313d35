import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { ChangePack } from '../models/change.ts';
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

/** A writer records what it intends before it writes: a set without Changes has written nothing yet. */
async function isTouched(store: Store, set: Id, scope: EdgeScope, session: Session): Promise<boolean> {
  const packs = store.models.Change.find({ set }, placeFields, within(session)).lean<ChangePack[]>().cursor();
  try {
    for await (const { changes } of packs) {
      if ((changes as ChangePlace[]).some((change) => touches(scope, change))) return true;
    }
    return false;
  } finally {
    await packs.close();
  }
}
