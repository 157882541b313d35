import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../database/store.ts';
import type { Session, Store, VersionDocument, Writer } from '../database/store.ts';
import { isAbandoned } from '../database/writer.ts';
import { NetgoatError } from '../errors.ts';
import type { Id } from '../models/base.ts';
import { readVersion } from '../queries/version.ts';

/** How long a silent writer is believed to be alive. It renews its lease with every pack it writes. */
const LEASE_MS = 15_000;
const WAIT_MS = 30_000;
const POLL_MS = 50;

/** This process, as the holder of the writer lock. */
const holder = `${hostname()}:${process.pid}:${randomUUID()}`;

function meta(store: Store) {
  return store.connection.collection<VersionDocument>('meta');
}

/**
 * Raises the version inside a transaction. It is the first thing a transaction does, so that writers queue at this
 * document instead of colliding late.
 * @returns the new version, or null while another process runs a set in steps.
 */
export async function raiseVersion(store: Store, session: Session): Promise<number | null> {
  const raised = await meta(store).findOneAndUpdate(
    { _id: 'version', writer: null },
    { $inc: { value: 1 } },
    { returnDocument: 'after', ...within(session) },
  );
  return raised?.value ?? null;
}

/**
 * Takes the writer lock for a set that runs in steps.
 * @param abandoned is called with the set of a writer that died; it must finish or undo that set and release the lock.
 * @returns the version the store is at.
 * @throws NetgoatError conflict: another writer kept the lock for longer than 30 seconds.
 */
export async function takeWriter(
  store: Store,
  set: Id,
  abandoned: (set: Id) => Promise<void>,
): Promise<number> {
  const giveUp = Date.now() + WAIT_MS;
  for (;;) {
    const taken = await meta(store).findOneAndUpdate(
      { _id: 'version', writer: null },
      { $set: { writer: lease(set) } },
      { returnDocument: 'after' },
    );
    if (taken) return taken.value;
    await awaitWriter(store, giveUp, abandoned);
  }
}

/** Waits until no live process holds the writer lock, and has an abandoned set finished. */
export async function awaitWriter(
  store: Store,
  giveUp: number,
  abandoned: (set: Id) => Promise<void>,
): Promise<void> {
  for (;;) {
    const { value, writer } = await readVersion(store);
    if (writer === null) return;
    if (isAbandoned(writer)) {
      if (await inherit(store, writer)) await abandoned(writer.set);
      continue;
    }
    if (Date.now() > giveUp) {
      throw new NetgoatError('conflict', `another process is writing version ${value + 1}`, {
        hint: 'wait until it is done and run the command again',
      });
    }
    await sleep(POLL_MS);
  }
}

/** Makes the lock of a dead writer ours; false when somebody else was faster. */
async function inherit(store: Store, writer: Writer): Promise<boolean> {
  const result = await meta(store).updateOne(
    { _id: 'version', 'writer.holder': writer.holder, 'writer.until': writer.until },
    { $set: { writer: lease(writer.set) } },
  );
  return result.matchedCount === 1;
}

/** Keeps the lock; throws when it was lost, so that a process that was asleep for long writes nothing more. */
export async function renewWriter(store: Store, set: Id): Promise<void> {
  const result = await meta(store).updateOne(
    { _id: 'version', 'writer.holder': holder, 'writer.set': set },
    { $set: { 'writer.until': lease(set).until } },
  );
  if (result.matchedCount === 1) return;
  throw new NetgoatError(
    'conflict',
    'this process was silent for too long and another one goes on with its change set',
    {
      hint: `see \`netgoat history show ${String(set)}\``,
    },
  );
}

/** Releases the lock and, for a set that was applied, makes its version the store's. */
export async function releaseWriter(store: Store, set: Id, version?: number): Promise<void> {
  await meta(store).updateOne(
    { _id: 'version', 'writer.holder': holder, 'writer.set': set },
    { $set: { writer: null, ...(version === undefined ? {} : { value: version }) } },
  );
}

function lease(set: Id): Writer {
  return { set, holder, until: new Date(Date.now() + LEASE_MS) };
}
