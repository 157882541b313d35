import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { DnsError } from '../../dns/error.ts';
import { NetgoatError } from '../../errors.ts';

/**
 * Does what wants a domain; where there is none of that name, but a file is, the error shows another way.
 * @param way the hint.
 */
export async function unlessFile<T>(
  { world }: Context,
  name: string,
  way: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isUnknown = error instanceof NetgoatError && error.code === 'not-found';
    if (!isUnknown && !(error instanceof DnsError)) throw error;
    const file = await stat(resolve(world.cwd, name)).catch(() => null);
    if (file?.isFile() !== true) throw error;
    throw new NetgoatError(isUnknown ? error.code : 'usage', error.message, { hint: way, cause: error });
  }
}
