import { NetgoatError } from '../errors.ts';

/**
 * A conflict because the store is no longer what the plan was made from. Planning again on the new state may do; one
 * that it cannot help, a name that is taken, is none of these. `details` says so to scripts as well.
 */
export function stale(message: string, hint = 'look at it again and repeat the command'): NetgoatError {
  return new NetgoatError('conflict', message, { hint, details: { stale: true } });
}

/** Whether this is an error that `stale` made. */
export function isStale(error: unknown): boolean {
  return error instanceof NetgoatError && error.details?.['stale'] === true;
}
