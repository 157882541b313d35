import { createHash } from 'node:crypto';
import { cstringEnd, eachElement, rawOf, TYPE, valueSize, type RawValue } from './raw.ts';
import { decimalParts, doubleKey, longParts, NO_REST } from './number-key.ts';

/** Rank of each BSON type in MongoDB's comparison order (manual, "Comparison/Sort Order"). */
export const ORDER: Readonly<Record<number, number>> = {
  [TYPE.minKey]: 0x01,
  [TYPE.undefined]: 0x03,
  [TYPE.null]: 0x05,
  [TYPE.double]: 0x0a,
  [TYPE.int]: 0x0a,
  [TYPE.long]: 0x0a,
  [TYPE.decimal]: 0x0a,
  [TYPE.string]: 0x14,
  [TYPE.symbol]: 0x14,
  [TYPE.object]: 0x1e,
  [TYPE.array]: 0x28,
  [TYPE.binary]: 0x32,
  [TYPE.objectId]: 0x3c,
  [TYPE.boolean]: 0x46,
  [TYPE.date]: 0x50,
  [TYPE.timestamp]: 0x5a,
  [TYPE.regex]: 0x64,
  [TYPE.dbPointer]: 0x6c,
  [TYPE.code]: 0x6e,
  [TYPE.codeWithScope]: 0x70,
  [TYPE.maxKey]: 0x78,
};

/** LMDB with 4 KiB pages takes keys of 1,978 bytes; what is left is a record id and, past the limit, a hash. */
export const MAX_KEY = 1900;
const HASH_BYTES = 16;

let out = Buffer.allocUnsafeSlow(1 << 16);
let length = 0;

function reserve(bytes: number): void {
  if (length + bytes <= out.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(out.length * 2, length + bytes));
  out.copy(larger, 0, 0, length);
  out = larger;
}

function putNumber(double: number, rest: Buffer): void {
  reserve(8 + rest.length);
  doubleKey(double, out, length);
  length += 8;
  length += rest.copy(out, length);
}

/** Bytes that end in 00 00, a zero among them written as 00 ff, so that a prefix sorts first. */
function putEscaped(bytes: Buffer, start: number, end: number): void {
  reserve((end - start) * 2 + 2);
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    out[length++] = byte;
    if (byte === 0) out[length++] = 0xff;
  }
  out[length++] = 0;
  out[length++] = 0;
}

function putBytes(bytes: Buffer, offset: number, size: number): void {
  reserve(size);
  length += bytes.copy(out, length, offset, offset + size);
}

function putLong(bytes: Buffer, offset: number): void {
  const near = bytes.readInt32LE(offset + 4) * 4294967296 + bytes.readUInt32LE(offset);
  if (Number.isSafeInteger(near)) return putNumber(near, NO_REST);
  const { double, rest } = longParts(bytes.readBigInt64LE(offset));
  putNumber(double, rest);
}

function putUnsigned64(value: bigint): void {
  out.writeBigUInt64BE(BigInt.asUintN(64, value), length);
  length += 8;
}

function putNested(bytes: Buffer, type: number, offset: number): void {
  eachElement(bytes, offset, (elementType, elementOffset, nameStart, nameEnd) => {
    if (type === TYPE.object) {
      // a document compares by type, then name, then value of each field
      reserve(1);
      out[length++] = ORDER[elementType] as number;
      putEscaped(bytes, nameStart, nameEnd);
    }
    putValue(bytes, elementType, elementOffset);
  });
  reserve(1);
  out[length++] = 0;
}

function putValue(bytes: Buffer, type: number, offset: number): void {
  reserve(32);
  out[length++] = ORDER[type] as number;
  switch (type) {
    case TYPE.double:
      return putNumber(bytes.readDoubleLE(offset), NO_REST);
    case TYPE.int:
      return putNumber(bytes.readInt32LE(offset), NO_REST);
    case TYPE.long:
      return putLong(bytes, offset);
    case TYPE.decimal: {
      const { double, rest } = decimalParts(bytes, offset);
      return putNumber(double, rest);
    }
    case TYPE.string:
    case TYPE.symbol:
    case TYPE.code:
      return putEscaped(bytes, offset + 4, offset + 3 + bytes.readInt32LE(offset));
    case TYPE.object:
    case TYPE.array:
      return putNested(bytes, type, offset);
    case TYPE.binary: {
      // by length, then subtype, then bytes
      const size = bytes.readInt32LE(offset);
      reserve(size + 5);
      out.writeUInt32BE(size, length);
      length += 4;
      return putBytes(bytes, offset + 4, size + 1);
    }
    case TYPE.date:
      return putUnsigned64(bytes.readBigInt64LE(offset) ^ (1n << 63n));
    case TYPE.timestamp:
      return putUnsigned64(bytes.readBigUInt64LE(offset));
    case TYPE.regex: {
      const end = cstringEnd(bytes, offset);
      putEscaped(bytes, offset, end);
      return putEscaped(bytes, end + 1, cstringEnd(bytes, end + 1));
    }
    default:
      return putBytes(bytes, offset, valueSize(bytes, type, offset));
  }
}

function putAll(
  prefix: number | undefined,
  values: readonly RawValue[],
  directions: readonly number[],
): void {
  length = 0;
  if (prefix !== undefined) length = out.writeUInt32BE(prefix, 0);
  for (const [i, value] of values.entries()) {
    const start = length;
    putValue(value.bytes, value.type, value.offset);
    if ((directions[i] ?? 1) < 0) for (let k = start; k < length; k++) out[k] = ~(out[k] as number);
  }
}

/** The key of an index entry: bytes that compare as MongoDB compares the values. Past the limit it ends in a hash. */
export function indexKey(prefix: number, values: readonly RawValue[], directions: readonly number[]): Buffer {
  putAll(prefix, values, directions);
  if (length <= MAX_KEY) return Buffer.from(out.subarray(0, length));
  const key = Buffer.allocUnsafe(MAX_KEY + HASH_BYTES);
  out.copy(key, 0, 0, MAX_KEY);
  createHash('sha256').update(out.subarray(MAX_KEY, length)).digest().copy(key, MAX_KEY, 0, HASH_BYTES);
  return key;
}

/** The bytes with which every index key begins that begins with these values. */
export function indexPrefix(
  prefix: number,
  values: readonly RawValue[],
  directions: readonly number[],
): Buffer {
  putAll(prefix, values, directions);
  return Buffer.from(out.subarray(0, Math.min(length, MAX_KEY)));
}

/** True for an index key that ends in a hash: its order among its likes is lost. */
export function isHashed(key: Buffer): boolean {
  return key.length > MAX_KEY;
}

/** The whole key of one raw value: equal bytes are equal values, and the bytes sort as the values do. */
export function valueKey(bytes: Buffer, type: number, offset: number, direction = 1): Buffer {
  length = 0;
  putValue(bytes, type, offset);
  if (direction < 0) for (let k = 0; k < length; k++) out[k] = ~(out[k] as number);
  return Buffer.from(out.subarray(0, length));
}

/** The key of a JavaScript value as a string, for sets and maps. */
export function keyText(value: unknown): string {
  const raw = rawOf(value);
  return valueKey(raw.bytes, raw.type, raw.offset).toString('latin1');
}

/** Compares two JavaScript values in BSON order. */
export function compareValues(a: unknown, b: unknown): number {
  const left = rawOf(a);
  const right = rawOf(b);
  return Buffer.compare(
    valueKey(left.bytes, left.type, left.offset),
    valueKey(right.bytes, right.type, right.offset),
  );
}

/** The first bytes that sort after every key beginning with `key`. */
export function successor(key: Buffer): Buffer {
  const next = Buffer.from(key);
  let i = next.length - 1;
  while (i > 0 && next[i] === 0xff) i--;
  next[i] = (next[i] as number) + 1;
  return next.subarray(0, i + 1);
}
