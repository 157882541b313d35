import type { Session, Store } from './store.ts';

/**
 * Runs a write in one transaction, again when the database asks for it (a conflict, a failover), with the commit
 * acknowledged by a majority. A failure leaves nothing behind.
 */
export async function inTransaction<T>(store: Store, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await store.connection.startSession();
  try {
    return await session.withTransaction(() => work(session), {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' },
    });
  } finally {
    await session.endSession();
  }
}

/** Runs reads that must see one state of the store; without transactions they see each read's own. */
export async function inSnapshot<T>(store: Store, work: (session: Session) => Promise<T>): Promise<T> {
  return store.transactions ? inTransaction(store, work) : work(undefined);
}
