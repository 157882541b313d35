import { deserialize, serialize, type Document } from 'bson';
import { arrayOf } from '../bson/array-field.ts';
import { decode, encode } from '../bson/raw.ts';

/** The message kinds that are spoken (MongoDB wire protocol). */
export const OPCODE = { reply: 1, query: 2004, message: 2013 } as const;
const HEADER = 16;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** The largest message that is taken: MongoDB's limit and room for the command around it. */
export const MAX_MESSAGE = 48_000_000 + 16 * 1024;

/** An OP_MSG: its command, with the documents of an insert as bytes, and whether a reply is awaited. */
export interface Message {
  readonly command: Document;
  readonly wantsReply: boolean;
}

const INSERT = Buffer.from('insert\0');
const AS_RAW = { promoteValues: false, bsonRegExp: true, fieldsAsRaw: { documents: true } } as const;

/** The documents of an insert stay bytes; `documents` deep inside another command is a field like any other. */
function decodeCommand(bytes: Buffer): Document {
  if (bytes.compare(INSERT, 0, INSERT.length, 5, 5 + INSERT.length) !== 0) return decode(bytes);
  const raw = deserialize(bytes, AS_RAW);
  const documents: unknown = raw['documents'];
  if (Array.isArray(documents)) raw['documents'] = documents.map((each) => copyOf(each as Uint8Array));
  return raw;
}

function copyOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}

/** Reads an OP_MSG. A section of documents becomes a field of the command. */
export function parseMessage(bytes: Buffer): Message {
  const flags = bytes.readUInt32LE(HEADER);
  const end = bytes.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  const sequences: [string, unknown[]][] = [];
  let command: Document = {};
  let at = HEADER + 4;
  while (at < end) {
    const kind = bytes[at++];
    const size = bytes.readInt32LE(at);
    if (kind === 0) command = decodeCommand(bytes.subarray(at, at + size));
    else if (kind === 1) sequences.push(parseSequence(bytes, at, size));
    else throw new RangeError(`unknown section kind ${kind}`);
    at += size;
  }
  for (const [name, documents] of sequences) command[name] = documents;
  return { command, wantsReply: !(flags & MORE_TO_COME) };
}

function parseSequence(bytes: Buffer, start: number, size: number): [string, unknown[]] {
  const nameEnd = bytes.indexOf(0, start + 4);
  const name = bytes.toString('latin1', start + 4, nameEnd);
  const documents: unknown[] = [];
  let at = nameEnd + 1;
  while (at < start + size) {
    const length = bytes.readInt32LE(at);
    const document = bytes.subarray(at, at + length);
    documents.push(name === 'documents' ? copyOf(document) : decode(document));
    at += length;
  }
  return [name, documents];
}

/** The command of an OP_QUERY, with which old drivers, and all for their first hello, begin. */
export function parseQuery(bytes: Buffer): Document {
  const name = bytes.indexOf(0, HEADER + 4);
  const start = name + 1 + 8;
  const query = deserialize(bytes.subarray(start, start + bytes.readInt32LE(start)));
  return (query['$query'] as Document | undefined) ?? query;
}

function header(length: number, responseTo: number, opcode: number, extra: number): Buffer {
  const bytes = Buffer.alloc(HEADER + extra);
  bytes.writeInt32LE(length + HEADER + extra, 0);
  bytes.writeInt32LE(responseTo, 8);
  bytes.writeInt32LE(opcode, 12);
  return bytes;
}

/** The bytes of an OP_MSG reply. */
export function messageReply(reply: Document, responseTo: number): Buffer {
  const body = encodeReply(reply);
  return Buffer.concat([header(body.length, responseTo, OPCODE.message, 5), body]);
}

/** The bytes of an OP_REPLY with one document. */
export function queryReply(reply: Document, responseTo: number): Buffer {
  const body = encode(reply);
  const head = header(body.length, responseTo, OPCODE.reply, 20);
  head.writeInt32LE(8, HEADER);
  head.writeInt32LE(1, HEADER + 16);
  return Buffer.concat([head, body]);
}

const BATCH_FIELDS = ['firstBatch', 'nextBatch'] as const;

/** Encodes a reply; the batch of a cursor is put in as the bytes it is. */
function encodeReply(reply: Document): Buffer {
  const cursor = reply['cursor'] as Document | undefined;
  const name = cursor && BATCH_FIELDS.find((field) => Array.isArray(cursor[field]));
  if (!cursor || !name) return encode(reply);
  const { [name]: batch, ...otherCursor } = cursor;
  const { cursor: _cursor, ...otherReply } = reply;
  const cursorElements = [element(4, name, arrayOf(batch as Buffer[])), elementsOf(otherCursor)];
  return documentOf([element(3, 'cursor', documentOf(cursorElements)), elementsOf(otherReply)]);
}

function element(type: number, name: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), value]);
}

function elementsOf(document: Document): Buffer {
  return Buffer.from(serialize(document, { ignoreUndefined: true })).subarray(4, -1);
}

function documentOf(elements: readonly Buffer[]): Buffer {
  const size = 5 + elements.reduce((sum, bytes) => sum + bytes.length, 0);
  const head = Buffer.alloc(4);
  head.writeInt32LE(size);
  return Buffer.concat([head, ...elements, Buffer.alloc(1)], size);
}
