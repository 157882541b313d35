import { deserialize, serialize, type Document } from 'bson';

/** One BSON value inside a larger buffer: its type byte and where its bytes begin. */
export interface RawValue {
  readonly bytes: Buffer;
  readonly type: number;
  readonly offset: number;
}

/** The type bytes of bsonspec.org that the code names. */
export const TYPE = {
  double: 0x01,
  string: 0x02,
  object: 0x03,
  array: 0x04,
  binary: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  code: 0x0d,
  symbol: 0x0e,
  codeWithScope: 0x0f,
  int: 0x10,
  timestamp: 0x11,
  long: 0x12,
  decimal: 0x13,
  maxKey: 0x7f,
  minKey: 0xff,
} as const;

const NOTHING = Buffer.alloc(0);
/** What an index or a sort sees where a document has no such field. */
export const NULL_VALUE: RawValue = { bytes: NOTHING, type: TYPE.null, offset: 0 };
/** What an index or a sort sees in an empty array: it comes before null. */
export const EMPTY_ARRAY_VALUE: RawValue = { bytes: NOTHING, type: TYPE.undefined, offset: 0 };

/** The offset of the zero byte that ends the C string at `offset`. */
export function cstringEnd(bytes: Buffer, offset: number): number {
  let end = offset;
  // what has no end, in a damaged document, ends with the buffer
  while (end < bytes.length && bytes[end] !== 0) end++;
  return end;
}

/** How many bytes a value takes: at least none, so that nobody goes in circles in a damaged document. */
export function valueSize(bytes: Buffer, type: number, offset: number): number {
  switch (type) {
    case TYPE.double:
    case TYPE.date:
    case TYPE.timestamp:
    case TYPE.long:
      return 8;
    case TYPE.int:
      return 4;
    case TYPE.boolean:
      return 1;
    case TYPE.objectId:
      return 12;
    case TYPE.decimal:
      return 16;
    case TYPE.undefined:
    case TYPE.null:
    case TYPE.minKey:
    case TYPE.maxKey:
      return 0;
    case TYPE.string:
    case TYPE.code:
    case TYPE.symbol:
      return 4 + bytes.readUInt32LE(offset);
    case TYPE.object:
    case TYPE.array:
    case TYPE.codeWithScope:
      return bytes.readUInt32LE(offset);
    case TYPE.binary:
      return 5 + bytes.readUInt32LE(offset);
    case TYPE.regex: {
      const options = cstringEnd(bytes, offset) + 1;
      return cstringEnd(bytes, options) + 1 - offset;
    }
    case TYPE.dbPointer:
      return 4 + bytes.readUInt32LE(offset) + 12;
    default:
      throw new RangeError(`unknown BSON type ${type}`);
  }
}

type ElementVisitor = (type: number, offset: number, nameStart: number, nameEnd: number) => boolean | void;

/** Visits the elements of the document or array at `offset`; a visitor that returns true ends it. */
export function eachElement(bytes: Buffer, offset: number, visit: ElementVisitor): boolean {
  const end = offset + bytes.readInt32LE(offset) - 1;
  let at = offset + 4;
  while (at < end) {
    const type = bytes[at++] as number;
    const nameEnd = cstringEnd(bytes, at);
    if (visit(type, nameEnd + 1, at, nameEnd)) return true;
    at = nameEnd + 1 + valueSize(bytes, type, nameEnd + 1);
  }
  return false;
}

/** The element called `name` of the document at `offset`. */
export function findElement(bytes: Buffer, offset: number, name: string): RawValue | undefined {
  const end = offset + bytes.readInt32LE(offset) - 1;
  let at = offset + 4;
  while (at < end) {
    const type = bytes[at++] as number;
    const nameEnd = cstringEnd(bytes, at);
    if (sameName(bytes, at, nameEnd, name)) return { bytes, type, offset: nameEnd + 1 };
    at = nameEnd + 1 + valueSize(bytes, type, nameEnd + 1);
  }
  return undefined;
}

function sameName(bytes: Buffer, start: number, end: number, name: string): boolean {
  if (end - start < name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 127) return bytes.toString('utf8', start, end) === name;
    if (bytes[start + i] !== code) return false;
  }
  return end - start === name.length;
}

/** The text of a string value. */
export function stringAt(bytes: Buffer, offset: number): string {
  return bytes.toString('utf8', offset + 4, offset + 3 + bytes.readInt32LE(offset));
}

const OPTIONS = { promoteValues: false, bsonRegExp: true } as const;

/** A whole document as JavaScript, every number in its BSON class, so that writing it back changes no type. */
export function decode(raw: Uint8Array): Document {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (!bytes.includes(REFERENCE)) return deserialize(bytes, OPTIONS);
  const masked = Buffer.from(bytes);
  maskReferences(masked, 0);
  return unmask(deserialize(masked, OPTIONS)) as Document;
}

/*
 * bson makes its DBRef class of every document with `$ref` and `$id`, and writes that back with its fields in another
 * order or under other names. A server knows no such class: under another name they stay plain documents.
 */
const REFERENCE = Buffer.from('$ref\0');
const MASK = 0x01;
const MASKED = '\u0001ref';

function maskReferences(bytes: Buffer, offset: number): void {
  eachElement(bytes, offset, (type, at, nameStart, nameEnd) => {
    if (sameName(bytes, nameStart, nameEnd, '$ref')) bytes[nameStart] = MASK;
    if (type === TYPE.object || type === TYPE.array) maskReferences(bytes, at);
  });
}

function unmask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmask);
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name === MASKED ? '$ref' : name, unmask(inner)]),
  );
}

/** A document as bytes. */
export function encode(document: Document): Buffer {
  const bytes = serialize(document, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A JavaScript value as raw BSON; undefined counts as null. */
export function rawOf(value: unknown): RawValue {
  if (value === null || value === undefined) return NULL_VALUE;
  const bytes = encode({ v: value });
  return bytes.length === 5 ? NULL_VALUE : { bytes, type: bytes[4] as number, offset: 7 };
}

/** A document `{v: value}` around a raw value, so that a field matcher can look at an array element. */
export function wrapValue(bytes: Buffer, type: number, offset: number): Buffer {
  const size = valueSize(bytes, type, offset);
  const out = Buffer.allocUnsafe(8 + size);
  out.writeInt32LE(8 + size, 0);
  out[4] = type;
  out[5] = 0x76;
  out[6] = 0;
  bytes.copy(out, 7, offset, offset + size);
  out[7 + size] = 0;
  return out;
}

/** A raw value as JavaScript, numbers in their BSON classes. */
export function decodeValue(value: RawValue): unknown {
  return decode(wrapValue(value.bytes, value.type, value.offset))['v'];
}
