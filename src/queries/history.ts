import type { Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { Change, ChangePack } from '../models/change.ts';
import type { ChangeSet } from '../models/change-set.ts';
import { reaches } from './access.ts';
import type { Access } from './access.ts';
import { isId, notFound } from './lookup.ts';
import { teamSlugs } from './teams.ts';

/** A set of Changes as one who reaches only some teams sees it: their Changes counted, their teams named. */
export interface HistoryRow extends Omit<ChangeSet, 'teams' | 'zones'> {
  /** Slugs; the id of a team that is gone. */
  teams: string[];
}

/** The sets that touch a team within reach, the newest first; at most `limit` of them. */
export async function listHistory(store: Store, access: Access, limit?: number): Promise<HistoryRow[]> {
  const query = store.models.ChangeSet.find(withinReach(access)).sort({ version: -1, _id: -1 });
  if (limit !== undefined) query.limit(limit);
  return rowsOf(store, access, await query.lean<ChangeSet[]>());
}

/**
 * One set, by its version or id, and its Changes within reach in the order in which they were written. Of two sets
 * with one version, one of which was taken back, the other one is meant.
 * @throws NetgoatError not-found: there is none that touches a team within reach.
 */
export async function showHistory(
  store: Store,
  access: Access,
  name: string,
): Promise<{ row: HistoryRow; changes: Change[] }> {
  const found = await setsNamed(store, access, name);
  const set = found.find(({ state }) => state !== 'failed') ?? found[0];
  if (set === undefined) throw notFound('set of Changes', name, []);
  const [row] = await rowsOf(store, access, [set]);
  const changes: Change[] = [];
  for await (const pack of packsOf<ChangePack>(store, set._id)) {
    changes.push(...pack.changes.filter((change) => isWithin(access, change)));
  }
  return { row: row!, changes };
}

async function setsNamed(store: Store, access: Access, name: string): Promise<ChangeSet[]> {
  const key = isId(name) ? { _id: name } : /^\d{1,15}$/.test(name) ? { version: Number(name) } : null;
  if (key === null) return [];
  return store.models.ChangeSet.find({ ...key, ...withinReach(access) })
    .sort({ _id: -1 })
    .lean<ChangeSet[]>();
}

function withinReach(access: Access): { teams?: { $in: Id[] } } {
  return access.teams === null ? {} : { teams: { $in: [...access.teams] } };
}

/** A Change of no one team, such as that of a user of several, is for those who reach all. */
function isWithin(access: Access, { team }: Pick<Change, 'team'>): boolean {
  return access.teams === null || (team !== null && reaches(access, team));
}

async function rowsOf(store: Store, access: Access, sets: readonly ChangeSet[]): Promise<HistoryRow[]> {
  const teams = new Map(sets.flatMap((set) => set.teams).map((id) => [String(id), id]));
  const slugs = await teamSlugs(store, [...teams.values()]);
  const rows: HistoryRow[] = [];
  for (const { zones: _zones, ...set } of sets) {
    const reached = set.teams.filter((team) => reaches(access, team));
    rows.push({
      ...set,
      count: access.teams === null ? set.count : await countWithin(store, access, set._id),
      teams: reached.map((team) => slugs.get(String(team)) ?? String(team)).toSorted(),
    });
  }
  return rows;
}

/** How many Changes of a set are within reach: the number of the others is nobody else's business. */
async function countWithin(store: Store, access: Access, set: Id): Promise<number> {
  let count = 0;
  for await (const { changes } of packsOf<{ changes: Pick<Change, 'team'>[] }>(store, set, 'changes.team')) {
    count += changes.filter((change) => isWithin(access, change)).length;
  }
  return count;
}

function packsOf<T>(store: Store, set: Id, field?: string): AsyncIterable<T> {
  return store.models.Change.collection.find<T & object>(
    { set },
    { sort: { pack: 1 }, batchSize: 4, ...(field === undefined ? {} : { projection: { [field]: 1 } }) },
  );
}
