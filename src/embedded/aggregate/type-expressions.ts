import { Double, Int32, Long, ObjectId } from 'bson';
import { bsonClass, isDocument, isNumber, toNumber, typeName } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import { isTruthy, onPresent, onValues, textValue, type Operator } from './operator.ts';

function failed(value: unknown, to: string): ServerError {
  return new ServerError(241, `Failed to convert a value of type ${typeName(value)} to ${to} in $convert`);
}

/** A value as text, as `$toString` gives it. */
export function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean' || isNumber(value) || bsonClass(value) === 'ObjectId') return String(value);
  throw failed(value, `string (${name})`);
}

function whole(value: unknown, to: string, least: bigint, most: bigint): bigint {
  let result: bigint;
  if (typeof value === 'boolean') result = value ? 1n : 0n;
  else if (value instanceof Date && to === 'long') result = BigInt(value.getTime());
  else if (bsonClass(value) === 'Long') result = (value as Long).toBigInt();
  else if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) result = BigInt(value);
  else if (isNumber(value) && Number.isFinite(toNumber(value))) result = BigInt(Math.trunc(toNumber(value)));
  else throw failed(value, to);
  if (result < least || result > most) throw failed(value, to);
  return result;
}

function doubleValue(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.getTime();
  if (isNumber(value)) return toNumber(value);
  if (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value))
    return Number(value);
  throw failed(value, 'double');
}

function dateOf(value: unknown): Date {
  if (value instanceof Date) return value;
  if (bsonClass(value) === 'ObjectId') return (value as ObjectId).getTimestamp();
  if (bsonClass(value) === 'Long' || bsonClass(value) === 'Double')
    return new Date(Math.trunc(toNumber(value)));
  const iso =
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(value);
  if (iso) {
    // a time without a zone is UTC
    const date = new Date(iso[1] && !iso[4] ? `${iso[0].replace(' ', 'T')}Z` : iso[0].replace(' ', 'T'));
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw failed(value, 'date');
}

function objectIdOf(value: unknown): ObjectId {
  if (bsonClass(value) === 'ObjectId') return value as ObjectId;
  if (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value)) return new ObjectId(value);
  throw failed(value, 'objectId');
}

/** Operators on types. */
export const TYPE_OPERATORS: Readonly<Record<string, Operator>> = {
  $type: onValues(1, 1, ([value]) => (value === undefined ? 'missing' : typeName(value))),
  $isNumber: onValues(1, 1, ([value]) => isNumber(value)),
  $toString: onPresent(1, 1, ([value], name) => textOf(value, name)),
  $toBool: onPresent(1, 1, ([value]) => isTruthy(value)),
  $toInt: onPresent(1, 1, ([value]) => new Int32(Number(whole(value, 'int', -(2n ** 31n), 2n ** 31n - 1n)))),
  $toLong: onPresent(1, 1, ([value]) => Long.fromBigInt(whole(value, 'long', -(2n ** 63n), 2n ** 63n - 1n))),
  $toDouble: onPresent(1, 1, ([value]) => new Double(doubleValue(value))),
  $toDate: onPresent(1, 1, ([value]) => dateOf(value)),
  $toObjectId: onPresent(1, 1, ([value]) => objectIdOf(value)),
  $getField: (argument, compile, name) => {
    const shorthand = typeof argument === 'string';
    const field = shorthand ? argument : textValue((argument as { field?: unknown }).field, name);
    const input = compile(shorthand ? '$$CURRENT' : ((argument as { input?: unknown }).input ?? '$$CURRENT'));
    return (environment) => {
      const value = input(environment);
      if (value === null) return null;
      return isDocument(value) && Object.hasOwn(value, field) ? value[field] : undefined;
    };
  },
};
