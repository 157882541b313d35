import { setTimeout as sleep } from 'node:timers/promises';
import type { Session, Store } from '../database/store.ts';
import { inSnapshot } from '../database/transaction.ts';
import { NetgoatError } from '../errors.ts';
import type { Id } from '../models/base.ts';
import { lookAt, lookAtBlocker } from './applying.ts';
import type { EdgeScope } from './scope.ts';

/** How long a set that is being applied is waited for. */
const PATIENCE_MS = 2_000;
const POLL_MS = 100;
/** How often a store without transactions is read again because somebody wrote meanwhile. */
const MAX_READS = 5;

type Result<T> = { state: 'whole'; value: T } | { state: 'blocked'; set: Id } | { state: 'moved' };

/**
 * Reads all of one state of a scope, never half of a set of Changes. With transactions it is a snapshot; without, it
 * is read again when somebody wrote meanwhile.
 * @param read may be called again, and must then forget what it read before; it is given the version of the state.
 * @throws NetgoatError conflict: a set that touches the scope is being applied for more than two seconds, or the store
 * never came to rest.
 */
export async function readWhole<T>(
  store: Store,
  scope: EdgeScope,
  read: (session: Session, version: number) => Promise<T>,
): Promise<T> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (let moved = 0; moved < MAX_READS;) {
    const result = await inSnapshot(store, (session) => readOnce(store, scope, read, session));
    if (result.state === 'whole') return result.value;
    if (result.state === 'moved') moved += 1;
    else if (Date.now() >= giveUp) throw await applying(store, scope, result.set);
    else await sleep(POLL_MS);
  }
  throw restless();
}

async function readOnce<T>(
  store: Store,
  scope: EdgeScope,
  read: (session: Session, version: number) => Promise<T>,
  session: Session,
): Promise<Result<T>> {
  const before = await lookAt(store, scope, session);
  if (before.blockedBy !== null) return { state: 'blocked', set: before.blockedBy };
  const value = await read(session, before.version);
  if (session !== undefined) return { state: 'whole', value };
  const after = await lookAt(store, scope, undefined);
  if (after.mark === before.mark && after.blockedBy === null) return { state: 'whole', value };
  return { state: 'moved' };
}

const MOST_NAMES = 3;

async function applying(store: Store, scope: EdgeScope, set: Id): Promise<NetgoatError> {
  const blocker = await lookAtBlocker(store, scope, set);
  if (blocker === null) return restless();
  const { version, domains } = blocker;
  const more = domains.length - MOST_NAMES;
  const names = [...domains.slice(0, MOST_NAMES), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return new NetgoatError(
    'conflict',
    `version ${version} is still being written to ${names || 'these domains'}`,
    {
      hint: 'run it again when that is done; `netgoat history resume` finishes it if its process is gone',
      details: { set: String(set), version, domains },
    },
  );
}

function restless(): NetgoatError {
  return new NetgoatError('conflict', 'the store changed each time while it was read', {
    hint: 'it has no transactions: run it again when fewer writes are going on',
  });
}
