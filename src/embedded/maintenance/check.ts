import { setImmediate as nextTurn } from 'node:timers/promises';
import { decode } from '../bson/raw.ts';
import { prefixRange, readUint48, RECORD_BYTES } from '../store/bytes.ts';
import type { Snapshot } from '../store/environment.ts';
import type { Collection, Index } from '../store/index-definition.ts';
import { documentKeys, entryKey } from '../store/index-keys.ts';
import type { Store } from '../store/store.ts';
import { damageOf } from './whole-document.ts';

/** What a check found of one collection. */
interface CheckedCollection {
  readonly namespace: string;
  readonly documents: number;
  /** The documents alone, without their indexes. */
  readonly bytes: number;
  readonly indexes: readonly { readonly name: string; readonly entries: number }[];
}

/** What a check found: what there is, and what is wrong, in words. */
export interface StoreCheck {
  readonly collections: readonly CheckedCollection[];
  readonly problems: readonly string[];
}

/** Past this many problems the rest is only counted. */
const MAX_PROBLEMS = 100;
/** After this many documents or entries the event loop has a turn. */
const AT_ONCE = 500;

/**
 * Compares every index with a scan of its documents, as one snapshot has them: other processes may go on writing.
 * Every document has to have its entries, and there may be no others.
 */
export async function checkStore(store: Store): Promise<StoreCheck> {
  const snapshot = store.environment.snapshot();
  try {
    const check = new Check(store, snapshot);
    const collections: CheckedCollection[] = [];
    for (const collection of store.catalog.collections(snapshot).values())
      collections.push(await check.collection(collection));
    check.totals(collections);
    return { collections, problems: check.problems };
  } finally {
    snapshot.done();
  }
}

class Check {
  readonly problems: string[] = [];
  private readonly store: Store;
  private readonly snapshot: Snapshot;
  private seen = 0;

  constructor(store: Store, snapshot: Snapshot) {
    this.store = store;
    this.snapshot = snapshot;
  }

  async collection(collection: Collection): Promise<CheckedCollection> {
    const { namespace, id, indexes } = collection;
    const expected = new Map(indexes.map((index) => [index, 0]));
    let documents = 0;
    let bytes = 0;
    const range = { ...prefixRange(id), transaction: this.snapshot };
    for (const { key, value } of this.store.environment.documents.getRange(range)) {
      documents++;
      bytes += value.length;
      const record = readUint48(key, 4);
      if (this.isReadable(namespace, record, value))
        for (const index of indexes)
          expected.set(
            index,
            (expected.get(index) as number) + this.document(namespace, index, record, value),
          );
      await this.breathe();
    }
    const checked: { name: string; entries: number }[] = [];
    for (const index of indexes) {
      const entries = this.countEntries(index);
      checked.push({ name: index.name, entries });
      if (entries !== expected.get(index)) await this.strays(collection, index);
    }
    return { namespace, documents, bytes, indexes: checked };
  }

  private isReadable(namespace: string, record: number, raw: Buffer): boolean {
    const damage = damageOf(raw) ?? unreadable(raw);
    if (damage !== undefined) this.report(`${namespace}: document ${record} is damaged (${damage})`);
    return damage === undefined;
  }

  /** How many entries a document has in an index; a missing one, or one of another document, is a problem. */
  private document(namespace: string, index: Index, record: number, raw: Buffer): number {
    const { keys, multikey } = documentKeys(index, raw);
    if (multikey && !index.multikey)
      this.report(`${namespace}: index ${index.name} does not know of the array in document ${record}`);
    let found = 0;
    for (const key of keys) {
      const value = this.store.environment.entries.getBinary(entryKey(index, key, record), {
        transaction: this.snapshot,
      });
      if (!value) this.report(`${namespace}: index ${index.name} lacks document ${record}`);
      else if (index.unique && readUint48(value) !== record)
        this.report(`${namespace}: index ${index.name} has document ${readUint48(value)} for ${record}`);
      else found++;
    }
    return found;
  }

  private countEntries(index: Index): number {
    return this.store.environment.entries.getKeysCount({
      ...prefixRange(index.id),
      transaction: this.snapshot,
    });
  }

  /** Names the entries that no document accounts for. */
  private async strays({ namespace, id }: Collection, index: Index): Promise<void> {
    const range = { ...prefixRange(index.id), transaction: this.snapshot };
    for (const { key, value } of this.store.environment.entries.getRange(range)) {
      const record = index.unique ? readUint48(value) : readUint48(key, key.length - RECORD_BYTES);
      const raw = this.store.get({ id }, record, this.snapshot);
      // what should lead to it nobody can say
      if (raw && damageOf(raw) !== undefined) continue;
      const accounted =
        raw && documentKeys(index, raw).keys.some((own) => entryKey(index, own, record).equals(key));
      if (!accounted)
        this.report(`${namespace}: index ${index.name} has a stray entry of document ${record}`);
      await this.breathe();
    }
  }

  /** What belongs to no collection and no index of the catalog. */
  totals(collections: readonly CheckedCollection[]): void {
    const all = { transaction: this.snapshot };
    const documents = collections.reduce((sum, each) => sum + each.documents, 0);
    const entries = collections
      .flatMap(({ indexes }) => indexes)
      .reduce((sum, each) => sum + each.entries, 0);
    const lostDocuments = this.store.environment.documents.getKeysCount(all) - documents;
    const lostEntries = this.store.environment.entries.getKeysCount(all) - entries;
    if (lostDocuments > 0) this.report(`${lostDocuments} documents belong to no collection`);
    if (lostEntries > 0) this.report(`${lostEntries} index entries belong to no index`);
  }

  private report(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
    else if (this.problems.length === MAX_PROBLEMS) this.problems.push('and more');
  }

  private async breathe(): Promise<void> {
    if (++this.seen % AT_ONCE === 0) await nextTurn();
  }
}

/** Texts that are no UTF-8, which no driver reads. */
function unreadable(raw: Buffer): string | undefined {
  try {
    decode(raw);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
