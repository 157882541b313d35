import type { Document } from 'bson';
import { compileFilter } from '../query/match.ts';
import type { Predicate } from '../query/predicate.ts';

/** What the catalog keeps of an index. */
export interface StoredIndex {
  id: number;
  name: string;
  key: Document;
  unique?: boolean;
  sparse?: boolean;
  hidden?: boolean;
  partialFilterExpression?: Document;
  expireAfterSeconds?: number;
  /** Some document has an array on a path of the index: one document may have several entries. */
  multikey?: boolean;
  /** Some entry was too long for a key and ends in a hash: entries with equal beginnings are not in order. */
  hashed?: boolean;
}

/** An index with its paths parsed and its partial filter compiled. */
export interface Index extends StoredIndex {
  readonly fields: readonly string[];
  readonly paths: readonly (readonly string[])[];
  readonly directions: readonly (1 | -1)[];
  readonly includes: Predicate | undefined;
}

/** A collection of the catalog. */
export interface Collection {
  readonly namespace: string;
  readonly id: number;
  readonly uuid: Buffer;
  readonly options: Document;
  indexes: Index[];
}

/** Parses what the catalog keeps of an index. */
export function prepareIndex(stored: StoredIndex): Index {
  const fields = Object.keys(stored.key);
  return {
    ...stored,
    fields,
    paths: fields.map((field) => field.split('.')),
    directions: fields.map((field) => (Number(stored.key[field]) < 0 ? -1 : 1)),
    includes: stored.partialFilterExpression && compileFilter(stored.partialFilterExpression),
  };
}

/** The part of an index that the catalog keeps. */
export function storedIndex(index: Index): StoredIndex {
  const { fields: _fields, paths: _paths, directions: _directions, includes: _includes, ...stored } = index;
  return stored;
}
