import type { Document } from 'bson';
import { ServerError, TRANSIENT } from '../server-error.ts';
import type { Store } from './store.ts';
import { TransactionWriter } from './writers.ts';

/** As MongoDB's transactionLifetimeLimitSeconds: an older transaction is aborted, so that its snapshot is let go. */
const TRANSACTION_MS = 60_000;
const SESSION_MS = 30 * 60_000;

interface Session {
  /** The number of the last transaction or retryable write. */
  number: number;
  transaction: TransactionWriter | undefined;
  state: 'none' | 'open' | 'committed' | 'aborted';
  timer: NodeJS.Timeout | undefined;
  /** The reply to the last retryable write: sent again if the driver sends the write again. */
  reply: Promise<Document> | undefined;
  usedAt: number;
}

/** Logical sessions: open transactions and the replies to retryable writes. */
export class Sessions {
  private readonly byId = new Map<string, Session>();
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  private session(id: string): Session {
    let session = this.byId.get(id);
    if (!session) {
      session = {
        number: -1,
        transaction: undefined,
        state: 'none',
        timer: undefined,
        reply: undefined,
        usedAt: 0,
      };
      this.byId.set(id, session);
    }
    session.usedAt = Date.now();
    return session;
  }

  /** Runs a retryable write once per number; sent again, it gets the first reply. */
  retryable(id: string, number: number, write: () => Promise<Document>): Promise<Document> {
    const session = this.session(id);
    if (number === session.number && session.reply) return session.reply;
    if (number < session.number) throw tooOld(number, session.number);
    this.abandon(session, 'none');
    session.number = number;
    const reply = write();
    session.reply = reply;
    reply.catch(() => {
      if (session.reply === reply) session.reply = undefined;
    });
    return reply;
  }

  /** The transaction that a command belongs to; begins it with the command that says so. */
  transaction(id: string, number: number, begin: boolean): TransactionWriter {
    const session = this.session(id);
    if (begin) return this.begin(session, number);
    if (session.number !== number || !session.transaction) throw noSuchTransaction(number);
    return session.transaction;
  }

  private begin(session: Session, number: number): TransactionWriter {
    if (number < session.number) throw tooOld(number, session.number);
    if (number === session.number) {
      throw new ServerError(
        50911,
        `Cannot start transaction ${number}: a transaction or write with this number exists`,
      );
    }
    this.abandon(session, 'aborted');
    session.number = number;
    session.reply = undefined;
    session.state = 'open';
    session.transaction = new TransactionWriter(this.store);
    session.timer = setTimeout(() => this.abandon(session, 'aborted'), TRANSACTION_MS);
    session.timer.unref();
    return session.transaction;
  }

  /** Commits; a commit that is sent again succeeds again. */
  async commit(id: string, number: number): Promise<void> {
    const session = this.session(id);
    if (session.number !== number) throw noSuchTransaction(number);
    if (session.state === 'committed') return;
    const transaction = session.transaction;
    if (!transaction) throw noSuchTransaction(number);
    clearTimeout(session.timer);
    session.transaction = undefined;
    session.state = 'aborted';
    try {
      await transaction.commit();
      session.state = 'committed';
    } finally {
      transaction.end();
    }
  }

  /** Aborts; throws NoSuchTransaction if there is none to abort. */
  abort(id: string, number: number): void {
    const session = this.session(id);
    if (session.number !== number || !session.transaction) throw noSuchTransaction(number);
    this.abandon(session, 'aborted');
  }

  /** Aborts what is open: one of its commands failed. */
  fail(id: string): void {
    const session = this.byId.get(id);
    if (session?.transaction) this.abandon(session, 'aborted');
  }

  private abandon(session: Session, state: Session['state']): void {
    clearTimeout(session.timer);
    session.transaction?.end();
    session.transaction = undefined;
    session.state = state;
  }

  /** Forgets a session. */
  end(id: string): void {
    const session = this.byId.get(id);
    if (session) this.abandon(session, 'none');
    this.byId.delete(id);
  }

  /** Forgets the sessions that were not used for thirty minutes, or all. */
  expire(all = false): void {
    for (const [id, session] of this.byId) {
      if (all || Date.now() - session.usedAt > SESSION_MS) this.end(id);
    }
  }
}

function noSuchTransaction(number: number): ServerError {
  return new ServerError(
    251,
    `Given transaction number ${number} does not match any in-progress transactions.`,
    {
      labels: [TRANSIENT],
    },
  );
}

function tooOld(number: number, newer: number): ServerError {
  return new ServerError(225, `Cannot use number ${number}: the session has already used ${newer}`);
}
