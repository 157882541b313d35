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

/** So many of the errors of many inputs are told. */
const MOST_TOLD = 50;

/**
 * Does some work for each of many inputs, all of them, so that whoever mends them is told everything at once.
 * @returns what came of each.
 * @throws NetgoatError: that of the only one that failed; of several, one whose details have the first 50 `errors`, and
 * how many are `unlisted`.
 */
export function eachLocated<I, T>(
  inputs: readonly I[],
  placeOf: (input: I) => string | undefined,
  work: (input: I) => T,
): T[] {
  const done: T[] = [];
  const failed: NetgoatError[] = [];
  for (const input of inputs) {
    try {
      done.push(located(placeOf(input), () => work(input)));
    } catch (error) {
      if (!(error instanceof NetgoatError)) throw error;
      failed.push(error);
    }
  }
  const [first, second] = failed;
  if (first === undefined) return done;
  if (second === undefined) throw first;
  throw together(failed, inputs.length);
}

function together(failed: readonly NetgoatError[], total: number): NetgoatError {
  const [{ code, hint }] = failed as [NetgoatError];
  const isSame = (key: 'code' | 'hint') => failed.every((error) => error[key] === failed[0]![key]);
  const errors = failed.slice(0, MOST_TOLD).map(({ message }) => message);
  return new NetgoatError(
    isSame('code') ? code : 'usage',
    `${failed.length} of ${total} lines have errors, nothing was written`,
    {
      ...(isSame('hint') && hint !== undefined ? { hint } : {}),
      details: { errors, unlisted: failed.length - errors.length },
    },
  );
}

/**
 * Does what reads a part of a record that was typed; an error says which rule is broken, as those of a whole zone do.
 * @param record the record, where the error is to name it.
 */
export function byRule<T>(record: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    const { rule, message, hint } = error;
    throw new NetgoatError('usage', `${record === undefined ? '' : `${record}: `}${message} [${rule}]`, {
      ...(hint === undefined ? {} : { hint }),
      details: { rule },
      cause: error,
    });
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
