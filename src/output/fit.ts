const GAP = 2;
const NARROWEST = 8;

/**
 * Column widths that fit `available` with two blanks between: narrow columns keep their natural width, the widest
 * share what is left. Undefined where a column would become narrower than can be read.
 */
export function fitWidths(natural: number[], available: number): number[] | undefined {
  const room = available - GAP * (natural.length - 1);
  const total = natural.reduce((sum, width) => sum + width, 0);
  if (total <= room) return natural;
  let left = room;
  let cap = 0;
  const ascending = natural.toSorted((a, b) => a - b);
  for (const [index, width] of ascending.entries()) {
    cap = Math.floor(left / (ascending.length - index));
    if (width > cap) break;
    left -= width;
  }
  if (cap < NARROWEST) return undefined;
  return natural.map((width) => Math.min(width, cap));
}
