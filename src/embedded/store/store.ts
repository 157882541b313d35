import { valueSize } from '../bson/raw.ts';
import { isHashed } from '../bson/key.ts';
import { findElement, TYPE } from '../bson/raw.ts';
import { ServerError } from '../server-error.ts';
import { documentKey, prefixRange, readUint48, uint48 } from './bytes.ts';
import { Catalog } from './catalog.ts';
import type { Environment, Snapshot } from './environment.ts';
import type { Collection, Index, StoredIndex } from './index-definition.ts';
import { documentKeys, duplicateKey, entryKey } from './index-keys.ts';

/** MongoDB's limit on a document, 16 MiB. */
const MAX_DOCUMENT = 16 * 1024 * 1024;
const NEXT_RECORD = 'record';
const EMPTY = Buffer.alloc(0);

interface IndexChange {
  readonly index: Index;
  readonly before: readonly Buffer[];
  readonly after: readonly Buffer[];
}

/** Documents and their index entries. Methods that change something belong in `write`. */
export class Store {
  readonly environment: Environment;
  readonly catalog: Catalog;
  private nextRecord: number | undefined;

  constructor(environment: Environment) {
    this.environment = environment;
    this.catalog = new Catalog(environment);
  }

  /** Runs `work` in one write transaction; what it throws undoes all of it. */
  async write<T>(work: () => T): Promise<T> {
    try {
      return await this.environment.write(() => {
        this.nextRecord = undefined;
        const result = work();
        if (this.nextRecord !== undefined)
          this.environment.catalog.putSync(NEXT_RECORD, uint48(this.nextRecord));
        this.catalog.finish();
        return result;
      });
    } catch (error) {
      this.catalog.forget();
      throw error;
    }
  }

  private newRecord(): number {
    if (this.nextRecord === undefined) {
      const stored = this.environment.catalog.getBinary(NEXT_RECORD);
      this.nextRecord = stored ? readUint48(stored) : 1;
    }
    return this.nextRecord++;
  }

  /** The document under a record id. */
  get(collection: Pick<Collection, 'id'>, record: number, snapshot?: Snapshot): Buffer | undefined {
    return this.environment.documents.getBinary(
      documentKey(collection.id, record),
      snapshot && { transaction: snapshot },
    );
  }

  /** The record that holds a unique key. */
  owner(key: Buffer, snapshot?: Snapshot): number | undefined {
    const value = this.environment.entries.getBinaryFast(key, snapshot && { transaction: snapshot });
    return value && readUint48(value);
  }

  /**
   * Puts a document: a new one, or `raw` in the place of `old` under `record`. Every unique key is tested before
   * anything is changed, so a DuplicateKey error leaves the transaction as it was.
   */
  put(collection: Collection, record: number | undefined, raw: Buffer, old: Buffer | undefined): number {
    checkDocument(raw);
    const changes = collection.indexes.map((index) => this.planChange(collection, index, record, raw, old));
    const target = record ?? this.newRecord();
    for (const change of changes) this.applyChange(change, target);
    this.environment.documents.putSync(documentKey(collection.id, target), raw);
    return target;
  }

  private planChange(
    collection: Collection,
    index: Index,
    record: number | undefined,
    raw: Buffer,
    old: Buffer | undefined,
  ): IndexChange {
    const { keys: after, multikey } = documentKeys(index, raw);
    if (index.unique) {
      for (const key of after) {
        const owner = this.owner(key);
        if (owner !== undefined && owner !== record)
          throw duplicateKey(collection.namespace, index, raw, key);
      }
    }
    this.note(collection, index, multikey, after);
    return { index, before: old ? documentKeys(index, old).keys : [], after };
  }

  private note(collection: Collection, index: Index, multikey: boolean, keys: readonly Buffer[]): void {
    const hashed = keys.some(isHashed);
    if ((!multikey || index.multikey) && (!hashed || index.hashed)) return;
    index.multikey ||= multikey;
    index.hashed ||= hashed;
    this.catalog.save(collection);
  }

  private applyChange({ index, before, after }: IndexChange, record: number): void {
    if (before.length === 1 && after.length === 1 && before[0]?.equals(after[0] as Buffer)) return;
    for (const key of before) this.removeEntry(index, key, record);
    for (const key of after) this.addEntry(index, key, record);
  }

  private addEntry(index: Index, key: Buffer, record: number): void {
    this.environment.entries.putSync(entryKey(index, key, record), index.unique ? uint48(record) : EMPTY);
  }

  private removeEntry(index: Index, key: Buffer, record: number): void {
    this.environment.entries.removeSync(entryKey(index, key, record));
  }

  /** Takes a document and its index entries away. */
  remove(collection: Collection, record: number, raw: Buffer): void {
    for (const index of collection.indexes) {
      for (const key of documentKeys(index, raw).keys) this.removeEntry(index, key, record);
    }
    this.environment.documents.removeSync(documentKey(collection.id, record));
  }

  /** Adds an index and its entries for the documents there are. */
  createIndex(collection: Collection, definition: Omit<StoredIndex, 'id'>): void {
    const index = this.catalog.addIndex(collection, definition);
    for (const { key, value } of this.environment.documents.getRange(prefixRange(collection.id))) {
      const change = this.planChange(collection, index, readUint48(key, 4), value, undefined);
      this.applyChange(change, readUint48(key, 4));
    }
  }

  /** How many documents a collection holds. */
  count(collection: Collection, snapshot?: Snapshot): number {
    const range = prefixRange(collection.id);
    return this.environment.documents.getKeysCount(snapshot ? { ...range, transaction: snapshot } : range);
  }
}

function checkDocument(raw: Buffer): void {
  if (raw.length > MAX_DOCUMENT) {
    throw new ServerError(
      10334,
      `BSONObj size: ${raw.length} is invalid. Size must be between 0 and ${MAX_DOCUMENT}(16MB)`,
    );
  }
  const id = findElement(raw, 0, '_id');
  if (id?.type === TYPE.array) throw new ServerError(53, "The '_id' value cannot be of type array");
  if (id?.type === TYPE.regex) throw new ServerError(53, "The '_id' value cannot be of type regex");
  if (id?.type === TYPE.object && valueSize(raw, id.type, id.offset) > 5 && raw[id.offset + 5] === 0x24) {
    throw new ServerError(52, "_id fields may not contain '$'-prefixed fields");
  }
}
