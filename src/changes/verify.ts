import type { Model } from 'mongoose';
import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { Id, Revisioned } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import { kinds } from '../models/kinds.ts';
import type { KindName } from '../models/kinds.ts';
import { batches } from './batches.ts';
import type { Plan, ZoneClaim } from './plan.ts';
import { stale } from './stale.ts';
import { verifyMembers } from './verify-members.ts';

/** Tenant documents that hang from a team and, all but the domain itself, from a domain. */
const hanging: KindName[] = ['domain', 'dns', 'proxy', 'alert', 'incident'];

/**
 * Checks, where no other writer can come between, that the store still is what the plan was made from.
 * @throws NetgoatError conflict: a revision moved, a parent is gone or a child has come, which all are stale (see
 * stale.ts); or a unique key is taken.
 */
export async function verify(store: Store, plan: Plan, session: Session): Promise<void> {
  await verifyRevisions(store, plan.changes, session);
  await verifyZones(store, plan.zones, session);
  await verifyParents(store, plan.changes, session);
  await verifyNothingDangles(store, plan.changes, session);
  await verifyMembers(store, plan.changes, session);
  await verifyUnique(store, plan, session);
}

async function verifyRevisions(store: Store, changes: readonly Change[], session: Session): Promise<void> {
  const read = changes.filter((change) => change.op !== 'add');
  for (const [kind, group] of byKind(read)) {
    for (const batch of batches(group)) {
      const found = await revisions(store, kind, batch, session);
      for (const change of batch) {
        const now = found.get(String(change.id));
        if (now !== change.before!['revision']) throw moved(change, now);
      }
    }
  }
}

async function revisions(store: Store, kind: KindName, batch: readonly Change[], session: Session) {
  const ids = batch.map((change) => change.id);
  const found = await anyModel<Revisioned>(store, kind)
    .find({ _id: { $in: ids } }, { revision: 1 }, within(session))
    .lean<Revisioned[]>();
  return new Map(found.map((document) => [String(document._id), document.revision]));
}

function moved(change: Change, now: number | undefined): NetgoatError {
  const what = `${change.kind} ${change.name}`;
  return stale(
    now === undefined ? `${what} was removed meanwhile` : `${what} was changed meanwhile (revision ${now})`,
  );
}

async function verifyZones(store: Store, zones: readonly ZoneClaim[], session: Session): Promise<void> {
  for (const { domainId, revision } of zones) {
    const domain = await store.models.Domain.findById(
      domainId,
      { hostname: 1, zoneRevision: 1 },
      within(session),
    ).lean();
    if (domain?.zoneRevision === revision) continue;
    throw stale(`the zone ${domain?.hostname ?? String(domainId)} was changed meanwhile`);
  }
}

async function verifyParents(store: Store, changes: readonly Change[], session: Session): Promise<void> {
  const made = new Set(changes.filter((change) => change.op === 'add').map((change) => String(change.id)));
  const adds = changes.filter((change) => change.op !== 'remove');
  const parents = {
    Team: adds.flatMap(({ team, after }) => [team, (after!['teamId'] as Id | undefined) ?? null]),
    Domain: adds.filter((change) => change.kind !== 'domain').map((change) => change.domainId),
  };
  for (const [name, ids] of Object.entries(parents) as ['Team' | 'Domain', (Id | null)[]][]) {
    const wanted = [...new Set(ids.filter((id) => id !== null).map(String))].filter((id) => !made.has(id));
    for (const batch of batches(wanted)) {
      const count = await anyModel(store, name === 'Team' ? 'team' : 'domain').countDocuments(
        { _id: { $in: batch } },
        within(session),
      );
      if (count !== batch.length) throw stale(`the ${name.toLowerCase()} was removed meanwhile`);
    }
  }
}

async function verifyNothingDangles(
  store: Store,
  changes: readonly Change[],
  session: Session,
): Promise<void> {
  const removed = changes.filter((change) => change.op === 'remove');
  const gone = (kind: KindName) =>
    removed.filter((change) => change.kind === kind).map((change) => change.id);
  for (const [field, parents, of] of [
    ['teamId', gone('team'), (change: Change) => change.team],
    ['domainId', gone('domain'), (change: Change) => change.domainId],
  ] as const) {
    const ids = new Set(parents.map(String));
    if (ids.size === 0) continue;
    for (const kind of hanging) {
      if (field === 'domainId' && kind === 'domain') continue;
      const there = await anyModel(store, kind).countDocuments(
        { [field]: { $in: parents } },
        within(session),
      );
      const going = removed.filter((change) => change.kind === kind && ids.has(String(of(change)))).length;
      if (there === going) continue;
      throw stale(
        `${kinds[kind].model} documents were added meanwhile`,
        'repeat the command: it shows what goes with it now',
      );
    }
  }
}

/** Records of a zone that is claimed were compared with all that are there: only each other they may still meet. */
async function verifyUnique(store: Store, { changes, zones }: Plan, session: Session): Promise<void> {
  const claimed = new Set(zones.map(({ domainId }) => String(domainId)));
  const isCompared = ({ kind, domainId }: Change) => kind === 'dns' && claimed.has(String(domainId));
  const leaving = new Set(
    changes.filter((change) => change.op === 'remove').map((change) => String(change.id)),
  );
  for (const [kind, group] of byKind(changes.filter((change) => change.after !== null))) {
    for (const keys of uniqueKeys(store, kind)) {
      const holders = new Map<string, Change>();
      for (const [key, change] of group.flatMap((each) => keyed(each, keys))) {
        if (holders.has(key)) throw taken(change, keys);
        holders.set(key, change);
      }
      for (const batch of batches([...holders].filter(([, change]) => !isCompared(change)))) {
        for (const document of await holdersOf(store, kind, keys, batch, session)) {
          const change = holders.get(keyText(document, keys));
          if (change && !document._id.equals(change.id) && !leaving.has(String(document._id)))
            throw taken(change, keys);
        }
      }
    }
  }
}

type Keyed = { _id: Id } & Record<string, unknown>;

/** The unique indexes over plain fields; the hash of a token is random and needs no look. */
function uniqueKeys(store: Store, kind: KindName): string[][] {
  return store.models[kinds[kind].model].schema
    .indexes()
    .filter(([, options]) => options.unique)
    .map(([fields]) => Object.keys(fields))
    .filter((keys) => keys.every((key) => !key.includes('.')));
}

function keyText(document: Record<string, unknown>, keys: readonly string[]): string {
  return keys.map((key) => String(document[key])).join('\0');
}

function keyed(change: Change, keys: readonly string[]): [string, Change][] {
  const after = change.after!;
  return keys.every((key) => after[key] !== undefined) ? [[keyText(after, keys), change]] : [];
}

/** Every document that may hold one of the keys: a value of each field, not yet all of one key together. */
async function holdersOf(
  store: Store,
  kind: KindName,
  keys: readonly string[],
  batch: readonly [string, Change][],
  session: Session,
): Promise<Keyed[]> {
  const filter = Object.fromEntries(
    keys.map((key) => [key, { $in: [...new Set(batch.map(([, { after }]) => after![key]))] }]),
  );
  const fields = Object.fromEntries(keys.map((key) => [key, 1]));
  return anyModel<Keyed>(store, kind).find(filter, fields, within(session)).lean<Keyed[]>();
}

function taken(change: Change, keys: readonly string[]): NetgoatError {
  return new NetgoatError('conflict', `${change.kind} ${change.name} exists already`, {
    hint: `only one can have this ${keys.filter((key) => !key.endsWith('Id')).join(', ') || 'domain'}`,
  });
}

function anyModel<T>(store: Store, kind: KindName): Model<T> {
  return store.models[kinds[kind].model] as never;
}

function byKind(changes: readonly Change[]): Map<KindName, Change[]> {
  const groups = new Map<KindName, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.kind);
    if (group) group.push(change);
    else groups.set(change.kind, [change]);
  }
  return groups;
}
