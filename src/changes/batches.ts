/** How many documents one query names. */
const SIZE = 500;

/** Cuts a list into parts that a query can name at once. */
export function* batches<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += SIZE) yield items.slice(at, at + SIZE);
}
