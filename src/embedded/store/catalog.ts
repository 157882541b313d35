import { randomBytes } from 'node:crypto';
import { deserialize, UUID, type Document } from 'bson';
import { encode } from '../bson/raw.ts';
import { prefixRange, readUint48, uint32, uint48 } from './bytes.ts';
import type { Environment, Snapshot, Table } from './environment.ts';
import {
  prepareIndex,
  storedIndex,
  type Collection,
  type Index,
  type StoredIndex,
} from './index-definition.ts';

/** The collections of a store by namespace. */
export type Collections = ReadonlyMap<string, Collection>;

const KEY = { version: 'version', ids: 'ids', collections: 'ns:', afterCollections: 'ns;' } as const;

/**
 * The catalog: which collections there are and their indexes. It is parsed once per version; every change raises the
 * version, so that other processes and older snapshots read their own. Methods that change it belong in a write.
 */
export class Catalog {
  private readonly environment: Environment;
  private parsed = new Map<string, Collection>();
  private version = -1;
  private changed = false;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** The collections as the snapshot sees them, or as they are now. */
  collections(snapshot?: Snapshot): Collections {
    const options = snapshot ? { transaction: snapshot } : {};
    const stored = this.environment.catalog.getBinaryFast(KEY.version, options);
    const version = stored ? readUint48(stored) : 0;
    if (version !== this.version) this.load(version, options);
    return this.parsed;
  }

  private load(version: number, options: { transaction?: Snapshot }): void {
    this.parsed = new Map();
    const range = { start: KEY.collections, end: KEY.afterCollections, ...options };
    for (const { key, value } of this.environment.catalog.getRange(range)) {
      const namespace = key.slice(KEY.collections.length);
      const { id, uuid, options: own, indexes } = deserialize(value, { promoteBuffers: true });
      const parsedIndexes = (indexes as StoredIndex[]).map(prepareIndex);
      this.parsed.set(namespace, { namespace, id, uuid, options: own, indexes: parsedIndexes });
    }
    this.version = version;
  }

  /** Writes the version if something was changed; the last step of a write. */
  finish(): void {
    if (!this.changed) return;
    const stored = this.environment.catalog.getBinary(KEY.version);
    this.version = (stored ? readUint48(stored) : 0) + 1;
    this.environment.catalog.putSync(KEY.version, uint48(this.version));
    this.changed = false;
  }

  /** Forgets what was parsed: the write that changed it was undone. */
  forget(): void {
    this.version = -1;
    this.changed = false;
  }

  private nextId(): number {
    const stored = this.environment.catalog.getBinary(KEY.ids);
    const id = (stored ? stored.readUInt32BE(0) : 0) + 1;
    this.environment.catalog.putSync(KEY.ids, uint32(id));
    return id;
  }

  /** Stores a collection's entry after its indexes changed. */
  save(collection: Collection): void {
    const { namespace, id, uuid, options, indexes } = collection;
    const stored = encode({ id, uuid: new UUID(uuid), options, indexes: indexes.map(storedIndex) });
    this.environment.catalog.putSync(KEY.collections + namespace, stored);
    this.changed = true;
  }

  /** The collection, made with its `_id` index if there is none. */
  ensure(namespace: string, options: Document = {}): Collection {
    const existing = this.collections().get(namespace);
    if (existing) return existing;
    const id = this.nextId();
    const primary = prepareIndex({ id: this.nextId(), name: '_id_', key: { _id: 1 }, unique: true });
    const collection: Collection = { namespace, id, uuid: newUuid(), options, indexes: [primary] };
    this.parsed.set(namespace, collection);
    this.save(collection);
    return collection;
  }

  /** Adds an index without entries. */
  addIndex(collection: Collection, definition: Omit<StoredIndex, 'id'>): Index {
    const index = prepareIndex({ id: this.nextId(), ...definition });
    collection.indexes = [...collection.indexes, index];
    this.save(collection);
    return index;
  }

  /** Takes an index and its entries away. */
  dropIndex(collection: Collection, index: Index): void {
    clear(this.environment.entries, index.id);
    collection.indexes = collection.indexes.filter((other) => other !== index);
    this.save(collection);
  }

  /** Takes a collection away with its documents and index entries. */
  drop(collection: Collection): void {
    clear(this.environment.documents, collection.id);
    for (const index of collection.indexes) clear(this.environment.entries, index.id);
    this.environment.catalog.removeSync(KEY.collections + collection.namespace);
    this.parsed.delete(collection.namespace);
    this.changed = true;
  }
}

function clear(table: Table<Buffer>, prefix: number): void {
  for (const key of table.getKeys(prefixRange(prefix)).asArray) table.removeSync(key);
}

function newUuid(): Buffer {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes;
}
