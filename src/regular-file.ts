import { constants, open, realpath } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { NetgoatError } from './errors.ts';

/** Why a file cannot be read, in words that name no path. */
class UnreadableFile extends Error {
  /** A pipe or a device, which stdin can be. */
  readonly isStream: boolean;

  constructor(reason: string, more: { isStream?: boolean; cause?: unknown } = {}) {
    super(reason, { cause: more.cause });
    this.isStream = more.isStream === true;
  }
}

/**
 * Opens a regular file to read it; who opens it closes it.
 * @param path absolute.
 * @throws UnreadableFile: it cannot be read, or is a folder, a pipe or a device.
 */
export async function openFile(path: string): Promise<{ file: FileHandle; stat: Stats }> {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(refuse);
  const stat = await file.stat();
  if (stat.isFile()) return { file, stat };
  await file.close();
  throw stat.isDirectory() ? new UnreadableFile(REASONS['EISDIR']!) : noRegularFile();
}

/**
 * `openFile` for a file that somebody named.
 * @param shown how messages name it.
 * @param hint what to do where it is a pipe or a device.
 * @throws NetgoatError usage: it cannot be read, or is a folder, a pipe or a device.
 */
export async function openRegular(
  path: string,
  shown: string,
  hint?: string,
): Promise<{ file: FileHandle; stat: Stats }> {
  return openFile(path).catch((error: Error) => {
    const isStream = error instanceof UnreadableFile && error.isStream;
    throw new NetgoatError('usage', `cannot read ${shown}: ${error.message}`, {
      ...(isStream && hint !== undefined ? { hint } : {}),
      cause: error,
    });
  });
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is too long',
};

function noRegularFile(cause?: unknown): UnreadableFile {
  return new UnreadableFile('it is no regular file', { isStream: true, cause });
}

function refuse(error: NodeJS.ErrnoException): never {
  const { code = 'it cannot be opened' } = error;
  throw code === 'ENXIO' ? noRegularFile(error) : new UnreadableFile(REASONS[code] ?? code, { cause: error });
}

/**
 * Where a file really lies, behind all symbolic links.
 * @throws UnreadableFile: there is none.
 */
export async function realPath(path: string): Promise<string> {
  return realpath(path).catch(refuse);
}
