import { indexKey } from '../bson/key.ts';
import { collectKeys, visitPath } from '../bson/paths.ts';
import { decode, decodeValue, findElement, TYPE, type RawValue } from '../bson/raw.ts';
import { bsonClass } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { uint48 } from './bytes.ts';
import type { Index } from './index-definition.ts';

/** The entries of a document in an index. */
export interface DocumentKeys {
  readonly keys: readonly Buffer[];
  /** True if an array on a path gave them. */
  readonly multikey: boolean;
}

const NONE: DocumentKeys = { keys: [], multikey: false };

/** The keys under which an index finds a document; none if the index leaves the document out. */
export function documentKeys(index: Index, raw: Buffer): DocumentKeys {
  if (index.includes && !index.includes(raw)) return NONE;
  if (index.sparse && !index.paths.some((path) => exists(raw, path))) return NONE;
  const arrays: (readonly string[])[] = [];
  const columns = index.paths.map((path) => {
    const values: RawValue[] = [];
    if (collectKeys(raw, 0, path, 0, values)) arrays.push(path);
    return values;
  });
  if (arrays.length > 1) checkParallel(index, raw, arrays);
  if (arrays.length === 0) {
    return {
      keys: [
        indexKey(
          index.id,
          columns.map((column) => column[0] as RawValue),
          index.directions,
        ),
      ],
      multikey: false,
    };
  }
  const byText = new Map<string, Buffer>();
  for (const values of combinations(columns)) {
    const key = indexKey(index.id, values, index.directions);
    byText.set(key.toString('latin1'), key);
  }
  return { keys: [...byText.values()], multikey: true };
}

/** Where an index keeps the entry of a document: a key that others may have too goes with the record id. */
export function entryKey(index: Index, key: Buffer, record: number): Buffer {
  return index.unique ? key : Buffer.concat([key, uint48(record)]);
}

function exists(raw: Buffer, path: readonly string[]): boolean {
  return visitPath(raw, 0, path, 0, false, (bytes) => bytes !== null);
}

function combinations(columns: readonly RawValue[][]): RawValue[][] {
  let rows: RawValue[][] = [[]];
  for (const column of columns) rows = rows.flatMap((row) => column.map((value) => [...row, value]));
  return rows;
}

/** Two paths may only share one array (manual, "Compound Multikey Indexes"). */
function checkParallel(index: Index, raw: Buffer, paths: readonly (readonly string[])[]): void {
  const outermost = new Set(paths.map((path) => firstArray(raw, path)));
  if (outermost.size > 1) {
    throw new ServerError(171, `cannot index parallel arrays [${[...outermost].join('] [')}]`);
  }
  if (index.unique) throw notSupported('a unique index over several fields of the same array');
}

function firstArray(raw: Buffer, path: readonly string[]): string {
  let offset = 0;
  for (const [i, part] of path.entries()) {
    const found = findElement(raw, offset, part);
    if (!found || found.type === TYPE.array) return path.slice(0, i + 1).join('.');
    offset = found.offset;
  }
  return path.join('.');
}

/** The error for a second document under a unique key, as Mongoose reads it: code 11000, keyPattern, keyValue. */
export function duplicateKey(namespace: string, index: Index, raw: Buffer, key: Buffer): ServerError {
  const keyValue: Record<string, unknown> = {};
  for (const [i, value] of valuesOf(index, raw, key).entries())
    keyValue[index.fields[i] as string] = value.bytes.length > 0 ? decodeValue(value) : null;
  const shown = Object.entries(keyValue).map(([field, value]) => `${field}: ${show(value)}`);
  return new ServerError(
    11000,
    `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: { ${shown.join(', ')} }`,
    { extra: { keyPattern: index.key, keyValue } },
  );
}

/** The values of a document that gave it a key: of an array, the element. */
function valuesOf(index: Index, raw: Buffer, key: Buffer): readonly RawValue[] {
  const columns = index.paths.map((path) => {
    const values: RawValue[] = [];
    collectKeys(raw, 0, path, 0, values);
    return values;
  });
  return (
    combinations(columns).find((values) => indexKey(index.id, values, index.directions).equals(key)) ?? []
  );
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (bsonClass(value) === 'ObjectId') return `ObjectId('${String(value)}')`;
  if (bsonClass(value) !== undefined) return String(value);
  return JSON.stringify(value);
}

/** The `_id` of a raw document. */
export function idOf(raw: Buffer): unknown {
  return decode(raw)['_id'];
}
