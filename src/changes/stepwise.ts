import { inTransaction } from '../database/transaction.ts';
import { within } from '../database/store.ts';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import type { ChangePack } from '../models/change.ts';
import type { ChangeSet } from '../models/change-set.ts';
import { historyOf, record, withoutSecrets } from './history.ts';
import type { Authorship } from './history.ts';
import type { Plan } from './plan.ts';
import { verify } from './verify.ts';
import { releaseWriter, renewWriter, takeWriter } from './version.ts';
import { inverse, write } from './write.ts';

/**
 * Applies a set in steps, for a deployment without transactions or a set too large for one: the writer lock, the
 * intent, then pack by pack, then the version. Whoever comes after an interruption rolls it forward.
 */
export async function applyStepwise(
  store: Store,
  plan: Plan,
  by: Authorship,
): Promise<{ set: Id; version: number }> {
  const set = newId();
  const version = (await takeWriter(store, set, (abandoned) => resume(store, abandoned))) + 1;
  try {
    await verify(store, plan, undefined);
    await record(store, historyOf(set, version, plan, by, 'applying'), undefined);
  } catch (error) {
    await discard(store, set);
    throw error;
  }
  await rollForward(store, set);
  return { set, version };
}

/** Finishes the set of a writer that died; the writer lock must be ours. */
export async function resume(store: Store, set: Id): Promise<void> {
  const intent = await store.models.ChangeSet.findById(set).lean<ChangeSet>();
  if (intent === null) return discard(store, set);
  if (intent.state === 'applying') return rollForward(store, set);
  await releaseWriter(store, set, intent.state === 'applied' ? intent.version : undefined);
}

async function discard(store: Store, set: Id): Promise<void> {
  await store.models.Change.deleteMany({ set });
  await store.models.ChangeSet.deleteOne({ _id: set });
  await releaseWriter(store, set);
}

async function rollForward(store: Store, set: Id): Promise<void> {
  const { Change, ChangeSet } = store.models;
  const intent = (await ChangeSet.findById(set).lean<ChangeSet>())!;
  for (let pack = 0; ; pack++) {
    const part = await Change.findOne({ set, pack }).lean<ChangePack>();
    if (part === null) break;
    if (part.applied) continue;
    await renewWriter(store, set);
    try {
      await writePack(store, part);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 11000) throw error;
      await takeBack(store, set, pack);
      throw error;
    }
  }
  await renewWriter(store, set);
  for (const { domainId, revision } of intent.zones) {
    await store.models.Domain.updateOne(
      { _id: domainId, zoneRevision: revision },
      { $inc: { zoneRevision: 1 } },
    );
  }
  await ChangeSet.updateOne({ _id: set }, { $set: { state: 'applied' } });
  await releaseWriter(store, set, intent.version);
}

async function writePack(store: Store, part: ChangePack): Promise<void> {
  const done = { $set: { applied: true, changes: part.changes.map(withoutSecrets) } };
  if (!store.transactions) {
    await write(store, part.changes, undefined);
    await store.models.Change.collection.updateOne({ _id: part._id }, done as never);
    return;
  }
  await inTransaction(store, async (session) => {
    await write(store, part.changes, session);
    await store.models.Change.collection.updateOne({ _id: part._id }, done as never, within(session));
  });
}

/** A key was taken by a writer that is not netgoat: everything written so far is undone, last first. */
async function takeBack(store: Store, set: Id, failed: number): Promise<void> {
  for (let pack = failed; pack >= 0; pack--) {
    const part = await store.models.Change.findOne({ set, pack }).lean<ChangePack>();
    if (part === null)
      throw new NetgoatError('failed', `change set ${String(set)} lost a part of its history`);
    await write(store, inverse(part.changes), undefined);
  }
  await store.models.ChangeSet.updateOne({ _id: set }, { $set: { state: 'failed' } });
  await releaseWriter(store, set);
}
