/**
 * Orders two machine values: numbers by size, texts by code unit with their numbers by size (`r2` before `r10`),
 * everything else by its text. Nothing (null) comes last in both directions.
 */
export function compareValues(a: unknown, b: unknown, descending: boolean): number {
  if (isNothing(a) || isNothing(b)) return Number(isNothing(a)) - Number(isNothing(b));
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(text(a), text(b));
  return descending ? -order : order;
}

/** Whether the whole text fits a glob in which `*` is any text and `?` any one character. */
export function matchesGlob(subject: string, glob: string): boolean {
  const chars = [...subject];
  const pattern = [...glob];
  let [at, wanted, star, resume] = [0, 0, -1, 0];
  while (at < chars.length) {
    if (pattern[wanted] === '*') {
      [star, resume] = [wanted, at];
      wanted += 1;
    } else if (wanted < pattern.length && (pattern[wanted] === '?' || pattern[wanted] === chars[at])) {
      at += 1;
      wanted += 1;
    } else if (star >= 0) {
      // Let the last star swallow one character more; earlier stars never need to be tried again.
      resume += 1;
      [at, wanted] = [resume, star + 1];
    } else return false;
  }
  return pattern.slice(wanted).every((char) => char === '*');
}

function compareTexts(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one = '', two = ''] = [left[index], right[index]];
    const byNumber = Number(one) - Number(two);
    if (/^\d/.test(one) && /^\d/.test(two) && byNumber !== 0 && !Number.isNaN(byNumber)) return byNumber;
    if (one !== two) return one < two ? -1 : 1;
  }
  return left.length - right.length;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
