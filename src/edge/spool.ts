import { open, mkdtemp, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetgoatError } from '../errors.ts';

/** Held in memory up to here (UTF-16 code units), in a file beyond. */
const MEMORY = 8 * 1024 * 1024;

/**
 * Lines that are kept until all of them are known to be good, in constant memory: the first 8 Mi characters in memory,
 * the rest in a temporary file without a name, which nobody else can open and which goes with the process.
 */
export class Spool {
  #lines: string[] = [];
  #size = 0;
  #file: FileHandle | undefined;
  #end = 0;

  /** Keeps a line; it has no line break in it. */
  async add(line: string): Promise<void> {
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#size >= MEMORY) await this.#spill();
  }

  /** The lines in the order in which they came; can be read again. */
  async *lines(): AsyncGenerator<string> {
    if (this.#file !== undefined) {
      const stored = this.#file.createReadStream({ start: 0, end: this.#end - 1, autoClose: false });
      yield* splitLines(stored.setEncoding('utf8'));
    }
    yield* this.#lines;
  }

  /** Forgets all lines; new ones can be added. */
  async clear(): Promise<void> {
    const file = this.#file;
    [this.#lines, this.#size, this.#file, this.#end] = [[], 0, undefined, 0];
    await file?.close();
  }

  async #spill(): Promise<void> {
    const block = Buffer.from(this.#lines.map((line) => `${line}\n`).join(''));
    try {
      this.#file ??= await openUnnamed();
      for (let at = 0; at < block.length;) {
        const { bytesWritten } = await this.#file.write(block, at, block.length - at, this.#end);
        at += bytesWritten;
        this.#end += bytesWritten;
      }
    } catch (error) {
      throw new NetgoatError('failed', `cannot write a temporary file: ${(error as Error).message}`, {
        hint: 'TMPDIR can name another folder for it',
        cause: error,
      });
    }
    [this.#lines, this.#size] = [[], 0];
  }
}

async function openUnnamed(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'netgoat-'));
  try {
    return await open(join(folder, 'spool'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Splits at \n alone; readline would split at other characters too. What follows the last one is dropped. */
export async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let line: string[] = [];
  for await (const chunk of text) {
    const [first = '', ...rest] = chunk.split('\n');
    line.push(first);
    for (const next of rest) {
      yield line.join('');
      line = [next];
    }
  }
}

/** Characters of a block of text, so that writing does not take a call a line. */
const BLOCK = 256 * 1024;

/** Lines as text, in blocks of about 256 Ki characters; each line ends in \n. */
export async function* inBlocks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let block: string[] = [];
  let size = 0;
  for await (const line of lines) {
    block.push(`${line}\n`);
    size += line.length;
    if (size < BLOCK) continue;
    yield block.join('');
    [block, size] = [[], 0];
  }
  yield block.join('');
}
