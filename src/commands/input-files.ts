import { resolve } from 'node:path';
import type { Context, World } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import { openRegular } from '../regular-file.ts';

/**
 * The text of a file that an argument names, or of stdin for `-`.
 * @param max how many bytes it may have.
 * @throws NetgoatError usage: it cannot be read, is no regular file, is not UTF-8, or is larger.
 */
export async function readInput(context: Context, path: string, max: number): Promise<string> {
  const bytes = path === '-' ? await readStdin(context, max) : await readRegularFile(context, path, max);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch (error) {
    throw new NetgoatError('usage', `${shown(path)} is not UTF-8 text`, { cause: error });
  }
}

async function readRegularFile({ world }: Context, path: string, max: number): Promise<Buffer> {
  const { file, stat } = await openRegular(resolve(world.cwd, path), path);
  try {
    if (stat.size > max) throw tooLarge(path, max);
    return await file.readFile();
  } catch (error) {
    if (error instanceof NetgoatError) throw error;
    throw new NetgoatError('usage', `cannot read ${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    await file.close();
  }
}

/** What stdin held; a command that is planned again finds nothing more in it. */
const read = new WeakMap<World['stdin'], Buffer>();

async function readStdin(context: Context, max: number): Promise<Buffer> {
  const { stdin } = context.world;
  const before = read.get(stdin);
  if (before !== undefined) return before;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of pipedInput(context)) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > max) throw tooLarge('-', max);
    chunks.push(bytes);
  }
  const bytes = Buffer.concat(chunks);
  read.set(stdin, bytes);
  return bytes;
}

/** The stdins that a stream was taken of. */
const taken = new WeakSet<World['stdin']>();

/**
 * Stdin as it comes; it can be had once.
 * @throws NetgoatError usage: it is a terminal.
 */
export function pipedInput({ world: { stdin } }: Context): AsyncIterable<Buffer | string> {
  if (stdin.isTTY) throw new NetgoatError('usage', '- reads from a pipe or a file, and stdin is a terminal');
  if (taken.has(stdin)) throw new Error('stdin was read already');
  taken.add(stdin);
  return stdin as AsyncIterable<Buffer | string>;
}

function tooLarge(path: string, max: number): NetgoatError {
  return new NetgoatError('usage', `${shown(path)} is larger than ${max} bytes`);
}

function shown(path: string): string {
  return path === '-' ? 'stdin' : path;
}

/** What to do about a pipe that is named as a file. */
export const FROM_STDIN = 'a pipe is read from stdin: name - for it';

/**
 * The content of a file that an argument names, or of stdin for `-`, as it comes.
 * @throws NetgoatError usage: it cannot be read, or is no regular file.
 */
export async function* inputBytes(context: Context, path: string): AsyncGenerator<Uint8Array | string> {
  if (path === '-') return yield* pipedInput(context);
  const { file } = await openRegular(resolve(context.world.cwd, path), path, FROM_STDIN);
  try {
    yield* file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw new NetgoatError('usage', `cannot read ${path}: ${(error as Error).message}`, { cause: error });
  } finally {
    await file.close();
  }
}
