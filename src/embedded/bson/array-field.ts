import { decode, encode, findElement, TYPE } from './raw.ts';

/** The head of each element of an array: its type, and its position as a name. */
function elementHead(position: number): string {
  return `\u0003${position}\0`;
}

function arraySize(documents: readonly Buffer[]): number {
  let size = 5;
  for (const [i, bytes] of documents.entries()) size += elementHead(i).length + bytes.length;
  return size;
}

/** A BSON array of documents, as bytes. */
export function arrayOf(documents: readonly Buffer[]): Buffer {
  const size = arraySize(documents);
  const out = Buffer.allocUnsafe(size);
  writeArray(out, 0, size, documents);
  return out;
}

function writeArray(out: Buffer, start: number, size: number, documents: readonly Buffer[]): void {
  let at = out.writeInt32LE(size, start);
  for (const [i, bytes] of documents.entries()) {
    at += out.write(elementHead(i), at, 'latin1');
    at += bytes.copy(out, at);
  }
  out[at] = 0;
}

/** A document with a field that is an array of documents; a field of that name is replaced. */
export function withArray(raw: Buffer, field: string, documents: readonly Buffer[]): Buffer {
  if (findElement(raw, 0, field)) {
    return encode({ ...decode(raw), [field]: documents.map((each) => decode(each)) });
  }
  const name = Buffer.from(`${field}\0`);
  const size = arraySize(documents);
  const out = Buffer.allocUnsafe(raw.length + 1 + name.length + size);
  out.writeInt32LE(out.length, 0);
  raw.copy(out, 4, 4, raw.length - 1);
  let at = raw.length - 1;
  out[at++] = TYPE.array;
  at += name.copy(out, at);
  writeArray(out, at, size, documents);
  out[out.length - 1] = 0;
  return out;
}
