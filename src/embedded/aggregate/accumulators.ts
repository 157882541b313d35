import { Int32 } from 'bson';
import { keyText } from '../bson/key.ts';
import { ServerError } from '../server-error.ts';
import { mergeAll } from './array-expressions.ts';
import { averageOf, extremeOf, sumOf } from './number-expressions.ts';

/** What a `$group` makes of the values that its documents have for an expression, in their order. */
type Accumulator = (values: readonly unknown[]) => unknown;

function distinct(values: readonly unknown[]): unknown[] {
  const byKey = new Map<string, unknown>();
  for (const value of values) {
    const key = value === undefined ? undefined : keyText(value);
    if (key !== undefined && !byKey.has(key)) byKey.set(key, value);
  }
  return [...byKey.values()];
}

const ACCUMULATORS: Readonly<Record<string, Accumulator>> = {
  $sum: sumOf,
  $avg: averageOf,
  $min: (values) => extremeOf(values, -1),
  $max: (values) => extremeOf(values, 1),
  $first: (values) => values[0] ?? null,
  $last: (values) => values.at(-1) ?? null,
  $push: (values) => values.filter((value) => value !== undefined),
  $addToSet: distinct,
  $mergeObjects: mergeAll,
  $count: (values) => new Int32(values.length),
};

/** The names of the accumulators. */
export const ACCUMULATOR_NAMES: readonly string[] = Object.keys(ACCUMULATORS);

/** The accumulator of a name. */
export function accumulatorOf(name: string): Accumulator {
  const accumulator = Object.hasOwn(ACCUMULATORS, name) ? ACCUMULATORS[name] : undefined;
  if (accumulator) return accumulator;
  throw new ServerError(
    15952,
    `unknown group operator '${name}' (not one of those netgoat's embedded store knows)`,
  );
}
