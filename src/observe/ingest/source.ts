import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { NetgoatError } from '../../errors.ts';

/** Bytes that are read at a time. */
const BLOCK = 64 * 1024;
/** Where a line is looked for that tells logs apart, and how much of it does. */
const HEAD = 64 * 1024;
const HEAD_LINE = 4096;
const GZIP = [0x1f, 0x8b] as const;

/** A log to be read, unpacked. */
export interface Source {
  /** That nothing will be written to it any more. */
  readonly final: boolean;
  /**
   * SHA-256 of the line that tells it from others, up to 4 KiB of it: the first one of which `tells` says so, or simply
   * the first, as where a program says at its start what it always says. Null where there is no whole line.
   */
  head(tells: (line: string) => boolean): Promise<string | null>;
  /** Makes sure that it can be read more than once. */
  keep(): Promise<void>;
  /** Its bytes from here on; each piece holds until the next one is asked for. */
  read(from: number): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/** What is told while a file is read: bytes of it as it lies there. */
export type ReadSoFar = (done: number, total?: number) => void;

/**
 * A log in a file that is open; it is not closed here.
 * @param shown how messages name it.
 */
export async function fileSource(file: FileHandle, shown: string, readSoFar: ReadSoFar): Promise<Source> {
  const first = Buffer.alloc(2);
  await file.read(first, 0, 2, 0);
  const packed = isGzip(first);
  const { size } = await file.stat();
  const read = (from: number): AsyncIterable<Buffer> => {
    if (!packed) return told(bytesOf(file, from, sameRoom()), readSoFar, from, size);
    return dropFirst(unpacked(told(bytesOf(file, 0, newRoom), readSoFar, 0, size), shown), from);
  };
  return {
    final: packed,
    head: (tells) => headOf(read(0), packed, tells),
    keep: async () => undefined,
    read,
    close: async () => undefined,
  };
}

/** A log that comes by a pipe: it is put into a file only if it has to be read twice. */
export function pipeSource(chunks: AsyncIterable<Buffer | string>, readSoFar: ReadSoFar): Source {
  const rest = unpacked(told(buffers(chunks), readSoFar, 0), 'stdin');
  const peeked: Buffer[] = [];
  let spool: FileHandle | undefined;
  const all = async function* (): AsyncGenerator<Buffer> {
    yield* peeked.splice(0);
    yield* rest;
  };
  return {
    final: true,
    head: (tells) => headOf(noted(rest, peeked), true, tells),
    keep: async () => {
      spool ??= await spooled(all());
    },
    read: (from) => (spool === undefined ? dropFirst(all(), from) : bytesOf(spool, from, sameRoom())),
    close: async () => {
      await spool?.close();
    },
  };
}

/** The first bytes of something, cut where a chunk is. */
export async function* firstBytes(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    if (chunk.length >= left) return yield chunk.subarray(0, left);
    left -= chunk.length;
    yield chunk;
  }
}

async function* dropFirst(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/**
 * A file by positions, so that it can be read again.
 * @param newBuffer what makes room for the next bytes; the same room again is for who is done with the ones before.
 */
async function* bytesOf(file: FileHandle, from: number, newBuffer: () => Buffer): AsyncGenerator<Buffer> {
  for (let at = from; ;) {
    const { bytesRead, buffer } = await file.read(newBuffer(), 0, BLOCK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Room for bytes; reused, so that reading leaves nothing behind. */
function sameRoom(): () => Buffer {
  const room = Buffer.allocUnsafeSlow(BLOCK);
  return () => room;
}

function newRoom(): Buffer {
  return Buffer.allocUnsafeSlow(BLOCK);
}

async function* told(
  chunks: AsyncIterable<Buffer>,
  readSoFar: ReadSoFar,
  from: number,
  total?: number,
): AsyncGenerator<Buffer> {
  let done = from;
  for await (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    readSoFar(done, total);
  }
}

async function* buffers(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

function isGzip(first: Uint8Array): boolean {
  return first[0] === GZIP[0] && first[1] === GZIP[1];
}

/** Unpacks what is packed by gzip, in one piece or several, and leaves alone what is not. */
async function* unpacked(chunks: AsyncIterable<Buffer>, shown: string): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (first.length < GZIP.length) {
    const next = await source.next();
    if (next.done) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  const whole = restOf(first, source);
  if (!isGzip(first)) return yield* whole;
  const gunzip = createGunzip({ chunkSize: BLOCK });
  // What goes wrong is thrown where it is read.
  pipeline(Readable.from(whole, { objectMode: false }), gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('Z_')) throw error;
    throw new NetgoatError('usage', `${shown} is no whole gzip file: ${(error as Error).message}`, {
      hint: 'what was counted up to there is kept, and the same in whole goes on from there',
      cause: error,
    });
  }
}

async function* restOf(first: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

/** Keeps what is read. */
async function* noted(chunks: AsyncGenerator<Buffer>, into: Buffer[]): AsyncGenerator<Buffer> {
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    into.push(next.value);
    yield next.value;
  }
}

async function headOf(
  chunks: AsyncIterable<Buffer>,
  final: boolean,
  tells: (line: string) => boolean,
): Promise<string | null> {
  let text = '';
  let first: string | null = null;
  let at = 0;
  for await (const chunk of chunks) {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      const line = text.slice(at, end);
      if (tells(line)) return hashOf(line);
      first ??= line;
      at = end + 1;
    }
    if (text.length >= HEAD) return hashOf(first ?? text);
  }
  const last = final && text.length > at ? text.slice(at) : null;
  if (last !== null && tells(last)) return hashOf(last);
  const line = first ?? last;
  return line === null ? null : hashOf(line);
}

function hashOf(line: string): string {
  return createHash('sha256').update(line.slice(0, HEAD_LINE), 'latin1').digest('hex');
}

/** In a file without a name, which nobody else can open and which goes with the process. */
async function spooled(chunks: AsyncIterable<Buffer>): Promise<FileHandle> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'netgoat-'));
    const file = await open(join(folder, 'log'), 'wx+', 0o600).finally(() =>
      rm(folder, { recursive: true, force: true }),
    );
    for await (const chunk of chunks) await file.writeFile(chunk);
    return file;
  } catch (error) {
    if (error instanceof NetgoatError) throw error;
    throw new NetgoatError('failed', `cannot write a temporary file: ${(error as Error).message}`, {
      hint: 'TMPDIR can name another folder for it',
      cause: error,
    });
  }
}
