import { constants, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { NetgoatError } from './errors.ts';

/**
 * Opens a regular file to read it; who opens it closes it.
 * @param path absolute.
 * @param shown how messages name it.
 * @param hint what to do where it is a folder, a pipe or a device.
 * @throws NetgoatError usage: it cannot be read, or is a folder, a pipe or a device.
 */
export async function openRegular(
  path: string,
  shown: string,
  hint?: string,
): Promise<{ file: FileHandle; stat: Stats }> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = await file.stat();
    if (stat.isFile()) return { file, stat };
  } catch (error) {
    await file?.close();
    throw unreadable(shown, error, hint);
  }
  await file.close();
  throw notRegular(shown, hint);
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
function unreadable(shown: string, error: unknown, hint: string | undefined): NetgoatError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENXIO') return notRegular(shown, hint);
  return new NetgoatError('usage', `cannot read ${shown}: ${REASONS[code] ?? message}`, { cause: error });
}

function notRegular(shown: string, hint: string | undefined): NetgoatError {
  return new NetgoatError('usage', `${shown} is no regular file`, hint === undefined ? {} : { hint });
}
