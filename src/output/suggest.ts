/**
 * The candidate that a mistyped word most likely meant: at most two edits away (insertion, deletion, substitution,
 * swap of neighbours) or a third of the word's length, but never more than half of it; the nearest and first listed; undefined
 * where none is near. Of names, labels that end both alike count for nothing: `nosuch.example.com` is not near
 * `www.example.com`.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const [typed, meant] = withoutCommonEnd(wanted, candidate.toLowerCase());
    const limit = Math.min(most(typed.length), least - 1);
    const distance = editDistance(typed, meant, limit);
    if (distance > limit) continue;
    best = candidate;
    least = distance;
    if (least === 0) break;
  }
  return best;
}

/** So many edits make a word of this length another one. */
function most(length: number): number {
  return Math.min(Math.max(2, Math.floor(length / 3)), Math.floor(length / 2));
}

function withoutCommonEnd(a: string, b: string): [a: string, b: string] {
  const [left, right] = [a.split(/[.@]/), b.split(/[.@]/)];
  while (left.length > 0 && right.length > 0 && left.at(-1) === right.at(-1)) {
    left.pop();
    right.pop();
  }
  return [left.join('.'), right.join('.')];
}

/** Damerau-Levenshtein in the variant that edits no substring twice (optimal string alignment). */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const edits = [at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + same];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits.push(at(before, j - 2) + 1);
      current.push(Math.min(...edits));
    }
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: number[], index: number): number {
  return row[index] ?? Infinity;
}
