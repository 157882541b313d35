import { ServerError, TRANSIENT } from '../server-error.ts';
import { FIRST_UNCOMMITTED } from './bytes.ts';
import type { Collections } from './catalog.ts';
import type { Snapshot } from './environment.ts';
import { prepareIndex, type Collection, type Index } from './index-definition.ts';
import { documentKeys, duplicateKey } from './index-keys.ts';
import type { Store } from './store.ts';
import type { Overlay, OverlayEntry, View, Writer } from './view.ts';

/** The store as it is now. */
export function currentView(store: Store): View {
  return { collection: (namespace) => store.catalog.collections().get(namespace), overlay: () => undefined };
}

/** The store as a snapshot has it. */
export function snapshotView(store: Store, snapshot: Snapshot): View {
  const collections = store.catalog.collections(snapshot);
  return { snapshot, collection: (namespace) => collections.get(namespace), overlay: () => undefined };
}

/** Writes straight to the store, inside one of its write transactions. */
export class DirectWriter implements Writer {
  readonly view: View;
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
    this.view = currentView(store);
  }

  ensure(namespace: string): void {
    this.store.catalog.ensure(namespace);
  }

  insert(namespace: string, raw: Buffer): void {
    this.store.put(this.store.catalog.ensure(namespace), undefined, raw, undefined);
  }

  replace(namespace: string, record: number, raw: Buffer, old: Buffer): void {
    this.store.put(this.store.catalog.ensure(namespace), record, raw, old);
  }

  remove(namespace: string, record: number, raw: Buffer): void {
    this.store.remove(this.store.catalog.ensure(namespace), record, raw);
  }
}

const PRIMARY = [prepareIndex({ id: 0, name: '_id_', key: { _id: 1 }, unique: true })];

/**
 * The open transaction of a session: a snapshot, and the documents it changed. Committing compares each changed
 * document with the store byte for byte: the first transaction to commit wins, the others are told to start again.
 */
export class TransactionWriter implements Writer {
  readonly view: View;
  private readonly store: Store;
  private readonly snapshot: Snapshot;
  private readonly collections: Collections;
  private readonly overlays = new Map<string, Map<number, OverlayEntry>>();
  /** Who holds a unique key among the changed documents. */
  private readonly claims = new Map<string, number>();
  private nextRecord = FIRST_UNCOMMITTED;

  constructor(store: Store) {
    this.store = store;
    this.snapshot = store.environment.snapshot();
    const collections = store.catalog.collections(this.snapshot);
    this.collections = new Map([...collections].map(([name, each]) => [name, { ...each }]));
    this.view = {
      snapshot: this.snapshot,
      collection: (namespace) => this.collections.get(namespace),
      overlay: (namespace): Overlay | undefined => this.overlays.get(namespace),
    };
  }

  ensure(namespace: string): void {
    if (!this.overlays.has(namespace)) this.overlays.set(namespace, new Map());
  }

  private overlayOf(namespace: string): Map<number, OverlayEntry> {
    this.ensure(namespace);
    return this.overlays.get(namespace) as Map<number, OverlayEntry>;
  }

  insert(namespace: string, raw: Buffer): void {
    const record = this.nextRecord++;
    const keys = this.checkUnique(namespace, record, raw);
    this.overlayOf(namespace).set(record, { base: undefined, now: raw });
    for (const key of keys) this.claims.set(key, record);
  }

  replace(namespace: string, record: number, raw: Buffer, old: Buffer): void {
    const keys = this.checkUnique(namespace, record, raw);
    this.release(namespace, record, old);
    const entry = this.overlayOf(namespace).get(record);
    if (entry) entry.now = raw;
    else this.overlayOf(namespace).set(record, { base: old, now: raw });
    for (const key of keys) this.claims.set(key, record);
  }

  remove(namespace: string, record: number, raw: Buffer): void {
    this.release(namespace, record, raw);
    const overlay = this.overlayOf(namespace);
    const entry = overlay.get(record);
    if (record >= FIRST_UNCOMMITTED) overlay.delete(record);
    else if (entry) entry.now = undefined;
    else overlay.set(record, { base: raw, now: undefined });
  }

  private uniqueIndexes(namespace: string): Index[] {
    return (this.collections.get(namespace)?.indexes ?? PRIMARY).filter(({ unique }) => unique);
  }

  /** The claims that a document makes; DuplicateKey if another document of this transaction's view has one. */
  private checkUnique(namespace: string, record: number, raw: Buffer): string[] {
    const claims: string[] = [];
    for (const index of this.uniqueIndexes(namespace)) {
      for (const key of documentKeys(index, raw).keys) {
        const claim = `${namespace}:${key.toString('latin1')}`;
        const owner = this.claims.get(claim) ?? this.storedOwner(namespace, key);
        if (owner !== undefined && owner !== record) throw duplicateKey(namespace, index, raw, key);
        claims.push(claim);
      }
    }
    return claims;
  }

  /** The owner of a unique key in the snapshot, unless this transaction has changed that document. */
  private storedOwner(namespace: string, key: Buffer): number | undefined {
    if (!this.collections.has(namespace)) return undefined;
    const owner = this.store.owner(key, this.snapshot);
    return owner !== undefined && this.overlays.get(namespace)?.has(owner) ? undefined : owner;
  }

  private release(namespace: string, record: number, raw: Buffer): void {
    for (const index of this.uniqueIndexes(namespace)) {
      for (const key of documentKeys(index, raw).keys) {
        const claim = `${namespace}:${key.toString('latin1')}`;
        if (this.claims.get(claim) === record) this.claims.delete(claim);
      }
    }
  }

  /** Writes the changes in one write transaction. Throws WriteConflict if a changed document is no longer as it was. */
  async commit(): Promise<void> {
    if (this.overlays.size === 0) return;
    await this.store.write(() => {
      // old values first: what is removed or moved frees unique keys for what is put
      const puts: (() => void)[] = [];
      for (const [namespace, overlay] of this.overlays) {
        const collection = this.store.catalog.ensure(namespace);
        for (const [record, entry] of overlay) this.commitOne(collection, record, entry, puts);
      }
      for (const put of puts) put();
    });
  }

  private commitOne(
    collection: Collection,
    record: number,
    { base, now }: OverlayEntry,
    puts: (() => void)[],
  ): void {
    if (!base) {
      if (now) puts.push(() => this.putOrConflict(collection, now));
      return;
    }
    const current = this.store.get(collection, record);
    if (!current?.equals(base)) throw writeConflict();
    if (now?.equals(base)) return;
    this.store.remove(collection, record, current);
    if (now) puts.push(() => this.putOrConflict(collection, now, record));
  }

  private putOrConflict(collection: Collection, raw: Buffer, record?: number): void {
    try {
      this.store.put(collection, record, raw, undefined);
    } catch (error) {
      if (error instanceof ServerError && error.code === 11000) throw writeConflict();
      throw error;
    }
  }

  /** Lets go of the snapshot. */
  end(): void {
    this.snapshot.done();
  }
}

function writeConflict(): ServerError {
  return new ServerError(
    112,
    'WriteConflict error: this operation conflicted with another operation. Please retry your operation or multi-document transaction.',
    { labels: [TRANSIENT] },
  );
}
