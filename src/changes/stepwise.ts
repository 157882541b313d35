import { inTransaction } from '../database/transaction.ts';
import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import type { ChangePack } from '../models/change.ts';
import type { ChangeSet } from '../models/change-set.ts';
import { hasSecrets, historyOf, record, withoutSecrets } from './history.ts';
import type { Authorship } from './history.ts';
import type { Plan } from './plan.ts';
import { verify } from './verify.ts';
import { releaseWriter, renewWriter, takeWriter } from './version.ts';
import { inverse, write } from './write.ts';

/** Told of what happens while Changes are written. */
export interface Watch {
  /** Of a set that runs in steps: it is recorded, and is finished by somebody even if this process dies. */
  written?(version: number, done: number, of: number): void;
  /** The set of a writer that died was finished first. */
  finished?(set: ChangeSet): void;
}

/**
 * Applies a set in steps, for a deployment without transactions or a set too large for one: the writer lock, the
 * intent, then pack by pack, then the version. Whoever comes after an interruption rolls it forward.
 */
export async function applyStepwise(
  store: Store,
  plan: Plan,
  by: Authorship,
  watch: Watch,
): Promise<{ set: Id; version: number }> {
  const set = newId();
  const version = (await takeWriter(store, set, (abandoned) => resume(store, abandoned, watch))) + 1;
  const history = historyOf(set, version, plan, by, 'applying');
  try {
    await verify(store, plan, undefined);
    await record(store, history, undefined);
  } catch (error) {
    await discard(store, set);
    throw error;
  }
  const { changeSet, packs } = history;
  await rollForward(store, changeSet, (pack) => packs[pack] ?? null, watch);
  return { set, version };
}

/** Finishes the set of a writer that died; the writer lock must be ours. */
export async function resume(store: Store, set: Id, watch: Watch): Promise<void> {
  const intent = await store.models.ChangeSet.findById(set).lean<ChangeSet>();
  if (intent === null) return discard(store, set);
  if (intent.state === 'applying') {
    await rollForward(store, intent, (pack) => store.models.Change.findOne({ set, pack }).lean<ChangePack>());
    watch.finished?.(intent);
    return;
  }
  await releaseWriter(store, set, intent.state === 'applied' ? intent.version : undefined);
}

async function discard(store: Store, set: Id): Promise<void> {
  await store.models.Change.deleteMany({ set });
  await store.models.ChangeSet.deleteOne({ _id: set });
  await releaseWriter(store, set);
}

/**
 * Writes a recorded set, pack by pack.
 * @param packAt a part of the set, null past the last.
 * @param watch of the process that has made the set: nothing of it was written before.
 */
async function rollForward(
  store: Store,
  { _id: set, version, count, zones, written = 0 }: ChangeSet,
  packAt: (pack: number) => ChangePack | null | Promise<ChangePack | null>,
  watch?: Watch,
): Promise<void> {
  let done = 0;
  for (let pack = 0; ; pack++) {
    const part = await packAt(pack);
    if (part === null) break;
    watch?.written?.(version, done, count);
    done += part.changes.length;
    if (part.applied || pack < written) continue;
    await renewWriter(store, set);
    try {
      await writePack(store, part, watch !== undefined);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 11000) throw error;
      await takeBack(store, set, pack);
      throw error;
    }
  }
  watch?.written?.(version, done, count);
  await renewWriter(store, set);
  for (const { domainId, revision } of zones) {
    await store.models.Domain.updateOne(
      { _id: domainId, zoneRevision: revision },
      { $inc: { zoneRevision: 1 } },
    );
  }
  await store.models.ChangeSet.updateOne({ _id: set }, { $set: { state: 'applied' } });
  await releaseWriter(store, set, version);
}

async function writePack(store: Store, part: ChangePack, fresh: boolean): Promise<void> {
  if (!store.transactions) return writeAndCount(store, part, fresh, undefined);
  await inTransaction(store, (session) => writeAndCount(store, part, fresh, session));
}

/** The pack itself is written again only where history must not keep all of it: it is large, the count is not. */
async function writeAndCount(
  store: Store,
  { _id, set, pack, changes }: ChangePack,
  fresh: boolean,
  session: Session,
): Promise<void> {
  const options = within(session);
  await write(store, changes, session, { fresh });
  if (changes.some(hasSecrets)) {
    const cleaned = { $set: { changes: changes.map(withoutSecrets) } };
    await store.models.Change.collection.updateOne({ _id }, cleaned as never, options);
  }
  await store.models.ChangeSet.updateOne({ _id: set }, { $set: { written: pack + 1 } }, options);
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
