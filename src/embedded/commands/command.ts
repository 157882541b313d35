import type { Document } from 'bson';
import { isDocument, isNumber, toNumber, typeName } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import type { Cursors } from '../store/cursors.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { View, Writer } from '../store/view.ts';
import { currentView, DirectWriter, type TransactionWriter } from '../store/writers.ts';

/** What all commands of one opened store share. */
export interface Engine {
  readonly store: Store;
  readonly cursors: Cursors;
  readonly sessions: Sessions;
  /** The socket path, or host:port, that `hello` advertises. */
  readonly address: string;
  /** The replica set that `hello` says it is; without one there are no transactions and no retryable writes. */
  readonly setName: string | undefined;
  /** Ends the process that serves the store, where a client may ask for that. */
  stop?(): void;
}

/** One command on its way. */
export interface Call extends Engine {
  readonly name: string;
  readonly command: Document;
  readonly database: string;
  readonly connectionId: number;
  readonly transaction: TransactionWriter | undefined;
  readonly deadline: number | undefined;
}

/** How a command is run, and what it may say. */
export interface Command {
  run(call: Call): Document | Promise<Document>;
  /** The fields it reads, besides those that every command has. */
  readonly fields: readonly string[];
  /** Fields MongoDB has and this store does not: a value other than false is refused by name. */
  readonly refused?: readonly string[];
  /** Whether it may be part of a transaction. */
  readonly inTransaction?: boolean;
  /** Whether the driver may send it again under the same number. */
  readonly retryable?: boolean;
}

/** What a command reads: its transaction, or the store as it is now. */
export function viewOf(call: Call): View {
  return call.transaction?.view ?? currentView(call.store);
}

/** Runs a change in the command's transaction, or in a write of its own. */
export async function change<T>(call: Call, work: (writer: Writer) => T): Promise<T> {
  if (call.transaction) return work(call.transaction);
  return call.store.write(() => work(new DirectWriter(call.store)));
}

/** The namespace of the collection that a command names. */
export function namespaceOf(call: Call, collection: unknown = call.command[call.name]): string {
  if (typeof collection !== 'string') {
    throw new ServerError(73, `collection name has invalid type ${typeName(collection)}`);
  }
  if (
    collection === '' ||
    collection.includes('$') ||
    collection.includes('\0') ||
    collection.startsWith('.')
  ) {
    throw new ServerError(73, `Invalid namespace specified '${call.database}.${collection}'`);
  }
  return `${call.database}.${collection}`;
}

/** A field that has to be a document, or is absent. */
export function documentField(call: Call, field: string): Document | undefined {
  const value: unknown = call.command[field];
  if (value === undefined || isDocument(value)) return value as Document | undefined;
  throw new ServerError(
    14,
    `BSON field '${call.name}.${field}' is the wrong type '${typeName(value)}', expected type 'object'`,
  );
}

/** A field that has to be a whole number that is not negative, or is absent. */
export function countField(call: Call, field: string): number | undefined {
  const value: unknown = call.command[field];
  if (value === undefined || value === null) return undefined;
  const number = toNumber(value);
  if (!isNumber(value)) {
    throw new ServerError(
      14,
      `BSON field '${call.name}.${field}' is the wrong type '${typeName(value)}', expected types '[long, int, decimal, double]'`,
    );
  }
  if (number < 0)
    throw new ServerError(51024, `BSON field '${field}' value must be >= 0, actual value '${number}'`);
  return Math.trunc(number);
}

/** A field that has to be a list of documents. */
export function documentList(call: Call, field: string): Document[] {
  const value: unknown = call.command[field];
  if (!Array.isArray(value)) {
    throw new ServerError(
      14,
      `BSON field '${call.name}.${field}' is the wrong type '${typeName(value)}', expected type 'array'`,
    );
  }
  return value as Document[];
}
