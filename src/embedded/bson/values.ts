import { BSONRegExp, type Document } from 'bson';
import { decode, encode, TYPE } from './raw.ts';

/** A plain document: not a BSON class, date, array, regular expression or bytes. */
export function isDocument(value: unknown): value is Document {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('_bsontype' in value) &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof RegExp) &&
    !ArrayBuffer.isView(value)
  );
}

/** A document whose first field begins with `$`, which in a filter means operators, not a value; a DBRef is a value. */
export function isOperators(value: unknown): value is Document {
  if (!isDocument(value)) return false;
  return (Object.keys(value)[0]?.startsWith('$') ?? false) && !('$ref' in value && '$id' in value);
}

/** True for a regular expression in either of its JavaScript forms. */
export function isRegex(value: unknown): value is RegExp | BSONRegExp {
  return value instanceof RegExp || value instanceof BSONRegExp;
}

/** The BSON class name of a value, or undefined. */
export function bsonClass(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('_bsontype' in value)) return undefined;
  const { _bsontype: name } = value;
  return String(name);
}

const NUMBER_CLASSES = new Set(['Int32', 'Double', 'Long', 'Decimal128']);

/** True for every kind of BSON number. */
export function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || NUMBER_CLASSES.has(bsonClass(value) ?? '');
}

/** Any BSON number as a JavaScript number; NaN for anything else. */
export function toNumber(value: unknown): number {
  if (!isNumber(value)) return Number.NaN;
  return bsonClass(value) === 'Decimal128' ? Number(String(value)) : Number(value);
}

/** A boolean option as a server reads it: false, 0, null and a missing value are false. */
export function isTrue(value: unknown): boolean {
  if (isNumber(value)) return toNumber(value) !== 0;
  return value !== undefined && value !== null && value !== false;
}

/** A deep copy with the BSON classes kept. */
export function cloneValue<T>(value: T): T {
  return decode(encode({ v: value }))['v'] as T;
}

/** The types by the names that $type and errors use (manual, "BSON Types"). */
export const TYPE_ALIASES: Readonly<Record<string, readonly number[]>> = {
  double: [TYPE.double],
  string: [TYPE.string],
  object: [TYPE.object],
  array: [TYPE.array],
  binData: [TYPE.binary],
  undefined: [TYPE.undefined],
  objectId: [TYPE.objectId],
  bool: [TYPE.boolean],
  date: [TYPE.date],
  null: [TYPE.null],
  regex: [TYPE.regex],
  dbPointer: [TYPE.dbPointer],
  javascript: [TYPE.code],
  symbol: [TYPE.symbol],
  javascriptWithScope: [TYPE.codeWithScope],
  int: [TYPE.int],
  timestamp: [TYPE.timestamp],
  long: [TYPE.long],
  decimal: [TYPE.decimal],
  minKey: [TYPE.minKey],
  maxKey: [TYPE.maxKey],
  number: [TYPE.double, TYPE.int, TYPE.long, TYPE.decimal],
};

/** The name of a value's BSON type. */
export function typeName(value: unknown): string {
  const type = value === undefined ? TYPE.undefined : (encode({ v: value })[4] as number);
  return Object.keys(TYPE_ALIASES).find((name) => TYPE_ALIASES[name]?.[0] === type) ?? 'unknown';
}
