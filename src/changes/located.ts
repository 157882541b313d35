import { DnsError } from '../dns/error.ts';
import type { Place } from '../dns/master-file/file-record.ts';
import { NetgoatError } from '../errors.ts';

/**
 * Does some work for one of many inputs; an error that comes of it, at once or later, says which one.
 * @param place such as `line 2`; undefined where there is only one.
 */
export function located<T>(place: string | undefined, work: () => T): T {
  if (place === undefined) return work();
  try {
    const result = work();
    return result instanceof Promise
      ? (result.catch((error) => Promise.reject(at(place, error))) as T)
      : result;
  } catch (error) {
    throw at(place, error);
  }
}

/** A place in a file, as compilers say it. */
export function atPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** The same error with the place in its message; what nobody expected stays as it is. */
function at(place: string, error: unknown): unknown {
  const expected = error instanceof NetgoatError;
  if (!expected && !(error instanceof DnsError)) return error;
  return new NetgoatError(expected ? error.code : 'usage', `${place}: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(expected && error.details !== undefined ? { details: error.details } : {}),
    cause: error,
  });
}
