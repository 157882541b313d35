import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import { inTransaction } from '../database/transaction.ts';
import { isAbandoned } from '../database/writer.ts';
import { NetgoatError } from '../errors.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import type { ChangeSet } from '../models/change-set.ts';
import { reaches, requireScope } from '../queries/access.ts';
import type { Access } from '../queries/access.ts';
import { readVersion } from '../queries/version.ts';
import { historyOf, record } from './history.ts';
import type { Authorship } from './history.ts';
import { inOrder } from './order.ts';
import type { Plan } from './plan.ts';
import { applyStepwise, resume } from './stepwise.ts';
import type { Watch } from './stepwise.ts';
import { verify } from './verify.ts';
import { awaitWriter, raiseVersion } from './version.ts';
import { write } from './write.ts';

/** A larger set runs as several transactions under one ChangeSet. */
const MAX_TRANSACTION = 1_000;
const WAIT_MS = 30_000;

/** What came of a plan; a plan without Changes has no set and no version. */
export interface Applied {
  set: Id | null;
  version: number | null;
}

/**
 * The one way in which desired state is written: checks reach, then revisions, then writes documents and history as
 * one, and raises the store's version by one.
 * @throws NetgoatError usage: the token may not write; not-found: another team's; conflict: the store has moved on;
 * the refusal of the plan.
 */
export async function applyPlan(
  store: Store,
  access: Access,
  plan: Plan,
  by: Authorship,
  watch: Watch = {},
): Promise<Applied> {
  requireScope(access, 'write');
  for (const { team } of plan.changes) {
    if (team !== null && !reaches(access, team)) throw new NetgoatError('not-found', 'no such team');
  }
  if (plan.refusal !== undefined) throw plan.refusal;
  if (plan.changes.length === 0) return { set: null, version: null };
  await store.prepare();
  const ordered = { ...plan, changes: inOrder(plan.changes) };
  if (store.transactions && plan.changes.length <= MAX_TRANSACTION)
    return applyAtOnce(store, ordered, by, watch);
  return applyStepwise(store, ordered, by, watch);
}

/** The set of a writer that died, which somebody has to finish; null where there is none. */
export async function interruptedSet(store: Store): Promise<ChangeSet | null> {
  const { writer } = await readVersion(store);
  if (writer === null || !isAbandoned(writer)) return null;
  return store.models.ChangeSet.findOne({ _id: writer.set, state: 'applying' }).lean<ChangeSet>();
}

/**
 * Finishes the set of a writer that died.
 * @returns the set; null where there is none.
 * @throws NetgoatError conflict: its writer is alive.
 */
export async function resumeInterrupted(store: Store): Promise<ChangeSet | null> {
  let set: ChangeSet | null = null;
  const watch: Watch = { finished: (finished) => (set = finished) };
  await awaitWriter(store, Date.now(), (abandoned) => resume(store, abandoned, watch));
  return set;
}

async function applyAtOnce(store: Store, plan: Plan, by: Authorship, watch: Watch): Promise<Applied> {
  const giveUp = Date.now() + WAIT_MS;
  for (;;) {
    const applied = await inTransaction(store, (session) => attempt(store, plan, by, session));
    if (applied !== null) return applied;
    await awaitWriter(store, giveUp, (set) => resume(store, set, watch));
  }
}

/** One try in a transaction; null while another process runs a set in steps. */
async function attempt(store: Store, plan: Plan, by: Authorship, session: Session): Promise<Applied | null> {
  const version = await raiseVersion(store, session);
  if (version === null) return null;
  await verify(store, plan, session);
  await write(store, plan.changes, session, { fresh: true });
  const zones = plan.zones.map(({ domainId }) => domainId);
  if (zones.length > 0) {
    await store.models.Domain.updateMany(
      { _id: { $in: zones } },
      { $inc: { zoneRevision: 1 } },
      within(session),
    );
  }
  const set = newId();
  await record(store, historyOf(set, version, plan, by, 'applied'), session);
  return { set, version };
}
