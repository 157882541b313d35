import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import { nodeScope } from '../models/edge-node.ts';
import type { EdgeNode } from '../models/edge-node.ts';
import { kinds } from '../models/kinds.ts';
import type { KindName } from '../models/kinds.ts';

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
  await forgetTraffic(store, changes, session);
  await forgetNodes(store, changes, session);
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

/** Traffic is no desired state and has no Changes: it goes with its domain. */
async function forgetTraffic(store: Store, changes: readonly Change[], session: Session): Promise<void> {
  const gone = changes.filter(({ kind, op }) => kind === 'domain' && op === 'remove').map(({ id }) => id);
  if (gone.length === 0) return;
  await store.models.AnalyticsData.deleteMany({ domainId: { $in: gone } }, within(session));
}

/** Edge nodes are no desired state either: those that were sent the domains of a team alone go with it. */
async function forgetNodes(store: Store, changes: readonly Change[], session: Session): Promise<void> {
  const gone = changes.filter(({ kind, op }) => kind === 'team' && op === 'remove').map(({ id }) => id);
  if (gone.length === 0) return;
  const { EdgeNode, EdgeReport } = store.models;
  const nodes = await EdgeNode.find({ teams: { $in: gone } }, { teams: 1 }, within(session)).lean<
    EdgeNode[]
  >();
  const isGone = (team: Id): boolean => gone.some((id) => id.equals(team));
  const own = nodes.filter(({ teams }) => teams.every(isGone)).map(({ _id }) => _id);
  await EdgeReport.deleteMany({ node: { $in: own } }, within(session));
  await EdgeNode.deleteMany({ _id: { $in: own } }, within(session));
  for (const { _id, teams } of nodes) {
    const left = teams.filter((team) => !isGone(team));
    if (left.length === 0) continue;
    const $set = { teams: left, scope: nodeScope(left), version: null, checksum: null, ackedAt: null };
    await EdgeNode.updateOne({ _id }, { $set }, within(session));
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
