import type { ClientSession, Connection } from 'mongoose';
import type { Id } from '../models/base.ts';
import type { Models } from '../models/registry.ts';

/** The document of `meta` that counts versions and says who is writing. */
export interface VersionDocument {
  _id: 'version';
  /** The version of the newest applied set of Changes. */
  value: number;
  /** The process that runs a set in several steps; everybody else waits for it. */
  writer: Writer | null;
}

export interface Writer {
  set: Id;
  /** `host:pid:random`: a dead process of this host is not waited for. */
  holder: string;
  until: Date;
}

/** An open database: what queries and changes work on. */
export interface Store {
  readonly models: Models;
  readonly connection: Connection;
  /** True where the deployment has transactions; else a set of Changes is rolled forward step by step. */
  readonly transactions: boolean;
  /** Shown to people: no password in it. */
  readonly label: string;
  /** True if opening it made an embedded store: nobody may have meant this folder. */
  readonly made: boolean;
  /** Makes the schema stamp, the indexes and the version counter if this database has none yet. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/** A session of a transaction, or nothing. */
export type Session = ClientSession | undefined;

/** The options of an operation that runs in this session, if there is one. */
export function within(session: Session): { session?: ClientSession } {
  return session ? { session } : {};
}
