import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { ChangeSet } from '../models/change-set.ts';
import type { Domain } from '../models/domain.ts';
import { touching } from './applying.ts';
import type { ChangePlace, EdgeScope } from './scope.ts';

/** A delta from further back than so many sets, or of more domains, is no less than a snapshot. */
const MOST_SETS = 1_000;
const MOST_NAMES = 10_000;
const SETS_AT_ONCE = 200;

/** An applied set that can have changed the payload of a scope. */
export interface TouchingSet {
  version: number;
  at: Date;
}

/**
 * The applied sets after one version and up to another that can have changed the payload of a scope, in their order.
 */
export async function* setsTouching(
  store: Store,
  scope: EdgeScope,
  after: number,
  upTo: number,
  session?: Session,
): AsyncGenerator<TouchingSet> {
  for await (const sets of appliedSets(store, after, upTo, session)) {
    const touched = new Set<string>();
    for await (const { set } of touching(store, idsOf(sets), scope, session)) touched.add(String(set));
    for (const { _id, version, at } of sets) if (touched.has(String(_id))) yield { version, at };
  }
}

/**
 * The hostnames of the domains that those sets can have changed, the ones that are gone by now too.
 * @returns null where a snapshot is the better answer: too many of them, or history does not reach back so far.
 */
export async function touchedNames(
  store: Store,
  scope: EdgeScope,
  after: number,
  upTo: number,
  session?: Session,
): Promise<Set<string> | null> {
  if (upTo - after > MOST_SETS) return null;
  const names = new Set<string>();
  const domains = new Map<string, Id>();
  const teams = new Map<string, Id>();
  let sets = 0;
  for await (const batch of appliedSets(store, after, upTo, session)) {
    sets += batch.length;
    for await (const change of touching(store, idsOf(batch), scope, session)) {
      note(change, names, domains, teams);
      if (names.size + domains.size > MOST_NAMES) return null;
    }
  }
  // Each set raises the version by one.
  if (sets !== upTo - after) return null;
  // A domain that is gone was removed by one of the sets, or by a later one: its own Change names it.
  const asked = { $or: [{ _id: { $in: [...domains.values()] } }, { teamId: { $in: [...teams.values()] } }] };
  const found = await store.models.Domain.find(asked, { hostname: 1, _id: 0 }, within(session))
    .limit(MOST_NAMES + 1)
    .lean<Domain[]>();
  for (const { hostname } of found) names.add(hostname);
  return names.size > MOST_NAMES ? null : names;
}

/** A team's slug stands in each of its domains. */
function note(
  change: ChangePlace,
  names: Set<string>,
  domains: Map<string, Id>,
  teams: Map<string, Id>,
): void {
  if (change.kind === 'domain') names.add(change.name);
  else if (change.kind === 'team') teams.set(String(change.id), change.id);
  else if (change.domainId !== null) domains.set(String(change.domainId), change.domainId);
}

/** Not by the teams of a set: one that moves a domain names the team that it leaves. */
async function* appliedSets(
  store: Store,
  after: number,
  upTo: number,
  session: Session,
): AsyncGenerator<ChangeSet[]> {
  for (let from = after; from < upTo;) {
    const batch = await store.models.ChangeSet.find(
      { version: { $gt: from, $lte: upTo }, state: 'applied' },
      { version: 1, at: 1 },
      within(session),
    )
      .sort({ version: 1 })
      .limit(SETS_AT_ONCE)
      .lean<ChangeSet[]>();
    if (batch.length === 0) return;
    yield batch;
    from = batch.at(-1)!.version;
  }
}

function idsOf(sets: readonly ChangeSet[]): Id[] {
  return sets.map(({ _id }) => _id);
}
