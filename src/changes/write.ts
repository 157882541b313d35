import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import type { Change } from '../models/change.ts';
import { kinds } from '../models/kinds.ts';
import type { KindName } from '../models/kinds.ts';
import { followObserved } from './follow-observed.ts';

/**
 * Writes Changes in the order given. Each write names the document and the revision it starts from, so writing the
 * same Changes again, after an interruption, changes nothing.
 * @param fresh nothing of it can have been written before, so that what is added is plainly inserted, which is faster.
 */
export async function write(
  store: Store,
  changes: readonly Change[],
  session: Session,
  { fresh }: { fresh: boolean } = { fresh: false },
): Promise<void> {
  for (const run of runs(changes)) {
    const { collection } = store.models[kinds[run[0]!.kind].model];
    await collection.bulkWrite(run.map((change) => operation(change, fresh)) as never, {
      ordered: true,
      ...within(session),
    });
  }
  await followObserved(store, changes, session);
}

function operation(change: Change, fresh: boolean): object {
  const { id: _id, before, after } = change;
  switch (change.op) {
    case 'add':
      return fresh
        ? { insertOne: { document: after } }
        : { replaceOne: { filter: { _id }, replacement: after, upsert: true } };
    case 'remove':
      return { deleteOne: { filter: { _id, revision: before!['revision'] } } };
    case 'update': {
      const unset = Object.keys(before!).filter((key) => !(key in after!));
      const update = {
        $set: after,
        ...(unset.length > 0 ? { $unset: Object.fromEntries(unset.map((key) => [key, ''])) } : {}),
      };
      return {
        updateOne: { filter: { _id, revision: before!['revision'] }, update },
      };
    }
  }
}

/** Neighbours of one kind go to the database together. */
function runs(changes: readonly Change[]): Change[][] {
  const found: Change[][] = [];
  let kind: KindName | undefined;
  for (const change of changes) {
    if (change.kind !== kind) found.push([]);
    kind = change.kind;
    found.at(-1)!.push(change);
  }
  return found;
}

/** The Changes that take these back, in the order to write them. */
export function inverse(changes: readonly Change[]): Change[] {
  const op = { add: 'remove', remove: 'add', update: 'update' } as const;
  return changes
    .toReversed()
    .map((change) => ({ ...change, op: op[change.op], before: change.after, after: change.before }));
}
