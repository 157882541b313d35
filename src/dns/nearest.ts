/** The word of these that a mistyped one most likely meant: the first that is one edit away; undefined where none is. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  return known.find((other) => isOneEditAway(word, other));
}

function isOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let head = 0;
  while (head < a.length && a[head] === b[head]) head += 1;
  let tail = 0;
  const room = Math.min(a.length, b.length) - head;
  while (tail < room && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const [middleA, middleB] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const swapped = middleA.length === 2 && middleA === [...middleB].toReversed().join('');
  return swapped || Math.max(middleA.length, middleB.length) <= 1;
}
