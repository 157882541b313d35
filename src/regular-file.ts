import { constants, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { NetgoatError } from './errors.ts';

/**
 * Opens a regular file to read it; who opens it closes it.
 * @param path absolute.
 * @param shown how messages name it.
 * @throws NetgoatError usage: it cannot be read, or is a folder, a pipe or a device.
 */
export async function openRegular(path: string, shown: string): Promise<{ file: FileHandle; stat: Stats }> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = await file.stat();
    if (stat.isFile()) return { file, stat };
  } catch (error) {
    await file?.close();
    throw unreadable(shown, error);
  }
  await file.close();
  throw new NetgoatError('usage', `${shown} is no regular file`);
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is too long',
};

/** The error for a file that cannot be read. */
function unreadable(shown: string, error: unknown): NetgoatError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENXIO') return new NetgoatError('usage', `${shown} is no regular file`, { cause: error });
  return new NetgoatError('usage', `cannot read ${shown}: ${REASONS[code] ?? message}`, { cause: error });
}
