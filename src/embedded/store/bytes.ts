/** A record id takes 6 bytes; ids from 2^47 on belong to documents that only a transaction knows. */
export const RECORD_BYTES = 6;
export const FIRST_UNCOMMITTED = 2 ** 47;

/** A number as 4 bytes that sort. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A record id, or a counter, as 6 bytes. */
export function uint48(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_BYTES);
  bytes.writeUIntBE(value, 0, RECORD_BYTES);
  return bytes;
}

/** The number in 6 bytes at `offset`. */
export function readUint48(bytes: Buffer, offset = 0): number {
  return bytes.readUIntBE(offset, RECORD_BYTES);
}

/** The key of a document: its collection and its record id. */
export function documentKey(collection: number, record: number): Buffer {
  const key = Buffer.allocUnsafe(4 + RECORD_BYTES);
  key.writeUInt32BE(collection, 0);
  key.writeUIntBE(record, 4, RECORD_BYTES);
  return key;
}

/** The range of all keys that begin with the number. */
export function prefixRange(prefix: number): { start: Buffer; end: Buffer } {
  return { start: uint32(prefix), end: uint32(prefix + 1) };
}
