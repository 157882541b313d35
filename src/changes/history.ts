import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import type { Change, ChangePack } from '../models/change.ts';
import type { ChangeSet, ChangeSetState } from '../models/change-set.ts';
import { kinds } from '../models/kinds.ts';
import { octetsOf } from '../models/normalize.ts';
import type { Plan } from './plan.ts';

/** The most Changes in one document of history, and the most octets of them: a document has at most 16 MiB. */
const PACK = 500;
const PACK_OCTETS = 8 * 1024 * 1024;

/** Who wrote a set and how: what history keeps beside the Changes. */
export interface Authorship {
  actor: string;
  /** The command line, without secrets. */
  command: string;
  message: string;
}

/** The documents of history for a plan; an unapplied pack keeps what is needed to write it. */
export function historyOf(set: Id, version: number, plan: Plan, by: Authorship, state: ChangeSetState) {
  const teams = new Map(plan.changes.flatMap(({ team }) => (team === null ? [] : [[String(team), team]])));
  const changeSet: ChangeSet = {
    _id: set,
    version,
    at: new Date(),
    ...by,
    state,
    count: plan.changes.length,
    teams: [...teams.values()],
    zones: plan.zones,
  };
  const packs: ChangePack[] = [];
  const applied = state === 'applied';
  for (const changes of packed(plan.changes)) {
    packs.push({
      _id: newId(),
      set,
      pack: packs.length,
      applied,
      changes: applied ? changes.map(withoutSecrets) : changes,
    });
  }
  return { changeSet, packs };
}

function* packed(changes: readonly Change[]): Generator<Change[]> {
  for (let at = 0; at < changes.length; at += PACK) yield* fitting(changes.slice(at, at + PACK));
}

/** One pack, or halves where that would be too large. */
function* fitting(changes: Change[]): Generator<Change[]> {
  const half = changes.length >> 1;
  if (half === 0 || octetsOf({ changes }) <= PACK_OCTETS) return yield changes;
  yield* fitting(changes.slice(0, half));
  yield* fitting(changes.slice(half));
}

/** Whether a Change holds what history must not keep. */
export function hasSecrets({ kind }: Change): boolean {
  return kinds[kind].secrets.length > 0;
}

/** Writes the history of a set: the packs first, so that a set that can be seen is whole. */
export async function record(
  store: Store,
  { changeSet, packs }: { changeSet: ChangeSet; packs: ChangePack[] },
  session: Session,
): Promise<void> {
  const options = within(session);
  await store.models.Change.collection.insertMany(packs as never, options);
  await store.models.ChangeSet.collection.insertOne(changeSet as never, options);
}

/** A Change as history keeps it once it is written. */
export function withoutSecrets(change: Change): Change {
  const { secrets } = kinds[change.kind];
  if (secrets.length === 0) return change;
  return { ...change, before: strip(change.before, secrets), after: strip(change.after, secrets) };
}

function strip(document: Record<string, unknown> | null, secrets: readonly string[]) {
  if (document === null) return null;
  const copy = { ...document };
  for (const path of secrets) {
    const [list, field] = path.split('.') as [string, string];
    const items = copy[list] as Record<string, unknown>[] | undefined;
    if (items) copy[list] = items.map(({ [field]: _secret, ...rest }) => rest);
  }
  return copy;
}
