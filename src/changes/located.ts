import { DnsError } from '../dns/error.ts';
import { NetgoatError } from '../errors.ts';

/**
 * Does some work for one of many inputs; an error that comes of it says which one.
 * @param place such as `line 2`; undefined where there is only one.
 */
export function located<T>(place: string | undefined, work: () => T): T {
  if (place === undefined) return work();
  try {
    return work();
  } catch (error) {
    const expected = error instanceof NetgoatError;
    if (!expected && !(error instanceof DnsError)) throw error;
    throw new NetgoatError(expected ? error.code : 'usage', `${place}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(expected && error.details !== undefined ? { details: error.details } : {}),
      cause: error,
    });
  }
}
