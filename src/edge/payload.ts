import { setTimeout as sleep } from 'node:timers/promises';
import type { Session, Store } from '../database/store.ts';
import { inSnapshot } from '../database/transaction.ts';
import { NetgoatError } from '../errors.ts';
import type { Id } from '../models/base.ts';
import { lookAt } from './applying.ts';
import { newChecksum } from './checksum.ts';
import { mergedDomains } from './merge.ts';
import type { EdgeScope } from './scope.ts';
import { Spool } from './spool.ts';

/** How long a set that is being applied is waited for. */
const PATIENCE_MS = 2_000;
const POLL_MS = 100;
/** How often a store without transactions is read again because somebody wrote meanwhile. */
const MAX_READS = 5;

/** The merged state of a scope at one version, kept apart from the store so that a slow reader holds nothing up. */
export interface Payload {
  readonly version: number;
  readonly checksum: string;
  /** How many domains it has. */
  readonly count: number;
  /** Each domain as one line of JSON, sorted by hostname; can be read again. */
  lines(): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Reads the payload of a scope: all of one state of the store, never half of a set of Changes. With transactions it is
 * a snapshot; without, it is read again when somebody wrote meanwhile.
 * @throws NetgoatError conflict: a set that touches the scope is being applied for more than two seconds, or the store
 * never came to rest; failed: a stored document is damaged.
 */
export async function readPayload(store: Store, scope: EdgeScope): Promise<Payload> {
  const spool = new Spool();
  try {
    return await untilWhole(() => inSnapshot(store, (session) => readOnce(store, scope, spool, session)));
  } catch (error) {
    await spool.clear();
    throw error;
  }
}

async function untilWhole(attempt: () => Promise<Read>): Promise<Payload> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (let moved = 0; moved < MAX_READS;) {
    const read = await attempt();
    if (read.state === 'whole') return read.payload;
    if (read.state === 'moved') moved += 1;
    else if (Date.now() >= giveUp) throw applying(read.set);
    else await sleep(POLL_MS);
  }
  throw restless();
}

type Read = { state: 'whole'; payload: Payload } | { state: 'blocked'; set: Id } | { state: 'moved' };

async function readOnce(store: Store, scope: EdgeScope, spool: Spool, session: Session): Promise<Read> {
  // The database may ask for the whole transaction again, even when all was read.
  await spool.clear();
  const before = await lookAt(store, scope, session);
  if (before.blockedBy !== null) return { state: 'blocked', set: before.blockedBy };
  const payload = await gather(store, scope, before.version, spool, session);
  if (session !== undefined) return { state: 'whole', payload };
  const after = await lookAt(store, scope, undefined);
  if (after.mark === before.mark && after.blockedBy === null) return { state: 'whole', payload };
  return { state: 'moved' };
}

async function gather(
  store: Store,
  scope: EdgeScope,
  version: number,
  spool: Spool,
  session: Session,
): Promise<Payload> {
  const checksum = newChecksum();
  let count = 0;
  for await (const domain of mergedDomains(store, scope, session)) {
    checksum.add(domain);
    count += 1;
    await spool.add(JSON.stringify(domain));
  }
  return {
    version,
    checksum: checksum.digest(),
    count,
    lines: () => spool.lines(),
    close: () => spool.clear(),
  };
}

function applying(set: Id): NetgoatError {
  return new NetgoatError('conflict', `change set ${String(set)} is still being applied to these domains`, {
    hint: 'run it again when that is done; if it was interrupted, the next write finishes it',
    details: { set: String(set) },
  });
}

function restless(): NetgoatError {
  return new NetgoatError('conflict', 'the store changed each time while it was read', {
    hint: 'it has no transactions: run it again when fewer writes are going on',
  });
}
