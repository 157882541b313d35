import { Binary } from 'bson';
import { decimalParts } from '../bson/number-key.ts';
import { ServerError } from '../server-error.ts';
import { keyText, ORDER, valueKey } from '../bson/key.ts';
import { rawOf, stringAt, TYPE, valueSize } from '../bson/raw.ts';
import { bsonClass, isOperators, isRegex, toNumber } from '../bson/values.ts';
import { toRegExp } from './regex.ts';
import type { Visitor } from '../bson/paths.ts';

const isNullish = (bytes: Buffer | null, type: number): boolean =>
  bytes === null || type === TYPE.null || type === TYPE.undefined;

/** Equality as `{field: value}` means it: as `$eq`, but that a regular expression also matches text. */
export function equalLeaf(value: unknown): Visitor {
  return isRegex(value) ? regexLeaf(value) : sameLeaf(value);
}

/** Equality as `$eq` means it: null also matches a missing field, a regular expression only its like. */
export function sameLeaf(value: unknown): Visitor {
  if (value === null || value === undefined) return isNullish;
  const want = rawOf(value);
  if (want.type === TYPE.string || want.type === TYPE.objectId)
    return sameBytes(want.bytes, want.type, want.offset);
  const key = valueKey(want.bytes, want.type, want.offset);
  const order = ORDER[want.type];
  const number = bsonClass(value) === 'Int32' || typeof value === 'number' ? toNumber(value) : Number.NaN;
  return (bytes, type, offset) => {
    if (bytes === null || ORDER[type] !== order) return false;
    if (type === TYPE.int && !Number.isNaN(number)) return bytes.readInt32LE(offset) === number;
    return valueKey(bytes, type, offset).equals(key);
  };
}

function sameBytes(want: Buffer, wantType: number, wantOffset: number): Visitor {
  const size = valueSize(want, wantType, wantOffset);
  const value = want.subarray(wantOffset, wantOffset + size);
  return (bytes, type, offset) =>
    bytes !== null &&
    type === wantType &&
    offset + size <= bytes.length &&
    value.compare(bytes, offset, offset + size) === 0;
}

/** Text that matches, or a stored regular expression that is the same. */
function regexLeaf(value: unknown): Visitor {
  const regex = toRegExp(value);
  const raw = rawOf(value);
  const key = valueKey(raw.bytes, raw.type, raw.offset);
  return (bytes, type, offset) => {
    if (bytes === null) return false;
    if (type === TYPE.string) return regex.test(stringAt(bytes, offset));
    return type === TYPE.regex && valueKey(bytes, type, offset).equals(key);
  };
}

/** `$regex` with `$options`: text only. */
export function textLeaf(regex: RegExp): Visitor {
  return (bytes, type, offset) =>
    bytes !== null && type === TYPE.string && regex.test(stringAt(bytes, offset));
}

const TESTS: Readonly<Record<string, (order: number) => boolean>> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

/** $gt, $gte, $lt, $lte: only values of the same kind compare (type bracketing), but for MinKey and MaxKey. */
export function rangeLeaf(operator: string, value: unknown): Visitor {
  const test = TESTS[operator] as (order: number) => boolean;
  if (isRegex(value))
    throw new ServerError(2, `Can't have RegEx as arg to predicate over field with ${operator}.`);
  if (value === null || value === undefined) return test(0) ? isNullish : () => false;
  const want = rawOf(value);
  const order = ORDER[want.type];
  const key = valueKey(want.bytes, want.type, want.offset);
  const everyType = want.type === TYPE.minKey || want.type === TYPE.maxKey;
  const absent = test(want.type === TYPE.minKey ? 1 : -1);
  if (Number.isNaN(toNumber(value)) && order === ORDER[TYPE.double])
    return test(0) ? equalLeaf(value) : () => false;
  return (bytes, type, offset) => {
    if (bytes === null) return everyType && absent;
    if (!everyType && ORDER[type] !== order) return false;
    if (type === TYPE.double && Number.isNaN(bytes.readDoubleLE(offset)) && !everyType) return false;
    return test(Buffer.compare(valueKey(bytes, type, offset), key));
  };
}

/** `$in`: values by their keys, regular expressions one by one. */
export function inLeaf(operator: string, list: unknown): Visitor {
  if (!Array.isArray(list)) throw new ServerError(2, `${operator} needs an array`);
  const keys = new Set<string>();
  const others: Visitor[] = [];
  let nullToo = false;
  for (const value of list) {
    if (value === null || value === undefined) nullToo = true;
    else if (isRegex(value)) others.push(equalLeaf(value));
    else if (isOperators(value)) throw new ServerError(2, `cannot nest $ under ${operator}`);
    else keys.add(keyText(value));
  }
  return (bytes, type, offset) => {
    if (bytes === null || isNullish(bytes, type)) return nullToo;
    if (keys.has(valueKey(bytes, type, offset).toString('latin1'))) return true;
    return others.some((other) => other(bytes, type, offset));
  };
}

/** `$mod: [divisor, remainder]`; both and the stored number are cut to whole numbers. */
export function modLeaf(argument: unknown): Visitor {
  if (!Array.isArray(argument)) throw new ServerError(2, 'malformed mod, needs to be an array');
  if (argument.length < 2) throw new ServerError(2, 'malformed mod, not enough elements');
  if (argument.length > 2) throw new ServerError(2, 'malformed mod, too many elements');
  const [divisor, remainder] = argument.map((part) => Math.trunc(toNumber(part))) as [number, number];
  if (Number.isNaN(divisor)) throw new ServerError(2, 'malformed mod, divisor not a number');
  if (Number.isNaN(remainder)) throw new ServerError(2, 'malformed mod, remainder not a number');
  if (divisor === 0) throw new ServerError(2, 'divisor cannot be 0');
  return (bytes, type, offset) => {
    const number = bytes === null ? Number.NaN : numberAt(bytes, type, offset);
    return Number.isFinite(number) && Math.trunc(number) % divisor === remainder;
  };
}

function numberAt(bytes: Buffer, type: number, offset: number): number {
  if (type === TYPE.int) return bytes.readInt32LE(offset);
  if (type === TYPE.double) return bytes.readDoubleLE(offset);
  if (type === TYPE.long) return Number(bytes.readBigInt64LE(offset));
  if (type === TYPE.decimal) return decimalParts(bytes, offset).double;
  return Number.NaN;
}

const BIT_TESTS: Readonly<Record<string, (bits: bigint, mask: bigint) => boolean>> = {
  $bitsAllSet: (bits, mask) => (bits & mask) === mask,
  $bitsAnySet: (bits, mask) => (bits & mask) !== 0n,
  $bitsAllClear: (bits, mask) => (bits & mask) === 0n,
  $bitsAnyClear: (bits, mask) => (bits & mask) !== mask,
};

/** `$bits...` on whole numbers and bytes, by a number, bytes or a list of positions (manual, "Bitwise Query Operators"). */
export function bitsLeaf(operator: string, argument: unknown): Visitor {
  const test = BIT_TESTS[operator] as (bits: bigint, mask: bigint) => boolean;
  const mask = bitMask(operator, argument);
  return (bytes, type, offset) => {
    if (bytes === null) return false;
    if (type === TYPE.long) return test(bytes.readBigInt64LE(offset), mask);
    if (type === TYPE.binary)
      return test(bitsOf(bytes.subarray(offset + 5, offset + 5 + bytes.readInt32LE(offset))), mask);
    const number = numberAt(bytes, type, offset);
    return isInt64(number) && test(BigInt(number), mask);
  };
}

function isInt64(number: number): boolean {
  return Number.isInteger(number) && number >= -(2 ** 63) && number < 2 ** 63;
}

/** Bytes as bits: bit 0 is the lowest of the first byte. */
function bitsOf(bytes: Buffer): bigint {
  return BigInt(`0x0${Buffer.from(bytes.toReversed()).toString('hex')}`);
}

function bitMask(operator: string, argument: unknown): bigint {
  const wrong = (): never => {
    throw new ServerError(
      2,
      `${operator} takes a non-negative whole number, a list of bit positions, or BinData`,
    );
  };
  if (Array.isArray(argument)) {
    let mask = 0n;
    for (const position of argument.map(toNumber)) {
      if (!Number.isInteger(position) || position < 0) return wrong();
      mask |= 1n << BigInt(position);
    }
    return mask;
  }
  if (argument instanceof Binary) return bitsOf(Buffer.from(argument.value()));
  const number = toNumber(argument);
  return Number.isInteger(number) && number >= 0 ? BigInt(number) : wrong();
}
