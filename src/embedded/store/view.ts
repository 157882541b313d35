import type { Collection } from './index-definition.ts';
import type { Snapshot } from './environment.ts';

/** A document that a transaction changed: as it was (absent for a new one) and as it is (absent once removed). */
export interface OverlayEntry {
  readonly base: Buffer | undefined;
  now: Buffer | undefined;
}

/** The documents that a transaction changed in one collection, by record id. */
export type Overlay = ReadonlyMap<number, OverlayEntry>;

/** What a command reads: the store as it is, a snapshot, or a transaction's snapshot with its own changes. */
export interface View {
  readonly snapshot?: Snapshot;
  collection(namespace: string): Collection | undefined;
  overlay(namespace: string): Overlay | undefined;
}

/** A view that commands of one kind also write through. */
export interface Writer {
  readonly view: View;
  /** Makes the collection if it does not exist. */
  ensure(namespace: string): void;
  /** Puts a new document. */
  insert(namespace: string, raw: Buffer): void;
  /** Puts a document in the place of another. */
  replace(namespace: string, record: number, raw: Buffer, old: Buffer): void;
  remove(namespace: string, record: number, raw: Buffer): void;
}
