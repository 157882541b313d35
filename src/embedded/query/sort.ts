import type { Document } from 'bson';
import { valueKey } from '../bson/key.ts';
import { collectKeys } from '../bson/paths.ts';
import type { RawValue } from '../bson/raw.ts';
import { isNumber, toNumber } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';

/** One field of a sort and its direction, 1 or -1. */
export interface SortField {
  readonly field: string;
  readonly direction: 1 | -1;
}

/** Reads a sort document; BadValue for a direction that is not 1 or -1. `$natural` is allowed alone. */
export function parseSort(sort: Document | undefined): SortField[] {
  if (sort && '$natural' in sort && Object.keys(sort).length > 1)
    throw new ServerError(2, "Cannot include '$natural' in compound sort");
  return Object.entries(sort ?? {}).map(([field, direction]) => {
    if (typeof direction === 'object' && direction !== null && '$meta' in direction) {
      throw notSupported('sorting by $meta');
    }
    checkField(field);
    const sign = isNumber(direction) ? toNumber(direction) : 0;
    if (sign !== 1 && sign !== -1) {
      throw new ServerError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    }
    return { field, direction: sign };
  });
}

function checkField(field: string): void {
  if (field === '') throw new ServerError(40352, 'FieldPath cannot be constructed with empty string');
  for (const part of field.split('.')) {
    if (part === '') throw new ServerError(15998, 'FieldPath field names may not be empty strings.');
    if (part.startsWith('$') && field !== '$natural')
      throw new ServerError(16410, `FieldPath field names may not start with '$': ${field}`);
  }
}

/**
 * A function that gives the bytes by which a raw document sorts. Of an array the lowest element counts ascending,
 * the highest descending (manual, "Sort Order with Arrays").
 */
export function sortKey(fields: readonly SortField[]): (raw: Buffer) => Buffer {
  const paths = fields.map(({ field, direction }) => ({ parts: field.split('.'), direction }));
  return (raw) => {
    const keys = paths.map(({ parts, direction }) => bestKey(raw, parts, direction));
    return keys.length === 1 ? (keys[0] as Buffer) : Buffer.concat(keys);
  };
}

function bestKey(raw: Buffer, parts: readonly string[], direction: number): Buffer {
  const values: RawValue[] = [];
  collectKeys(raw, 0, parts, 0, values);
  let best: Buffer | undefined;
  for (const { bytes, type, offset } of values) {
    const key = valueKey(bytes, type, offset, direction);
    if (!best || Buffer.compare(key, best) < 0) best = key;
  }
  return best as Buffer;
}
