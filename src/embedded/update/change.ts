/** Returned by a change to take the field away. */
export const REMOVE = Symbol('remove');

/**
 * What an operator does to one field: the old value in (undefined where there is none), the new one out; undefined
 * leaves the field as it is.
 */
export type Change = (current: unknown) => unknown;

/** Checks the argument of an operator for a path and gives the change it makes. */
export type Prepare = (argument: unknown, path: string) => Change;
