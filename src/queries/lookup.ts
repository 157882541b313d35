import { NetgoatError } from '../errors.ts';

/** How many names are read to find the one that was meant. */
export const MAX_CANDIDATES = 2_000;

/** Whether a text can be a document id: 24 hexadecimal digits. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/i.test(text);
}

/**
 * The error for a name that is not there; the command line picks the nearest of the candidates to suggest.
 * @param hint what it says where none is near.
 */
export function notFound(
  what: string,
  name: string,
  candidates: readonly string[],
  hint?: string,
): NetgoatError {
  const details = { name, candidates };
  return new NetgoatError(
    'not-found',
    `no ${what} "${name}"`,
    hint === undefined ? { details } : { details, hint },
  );
}
