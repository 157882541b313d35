import stringWidth from 'string-width';
import { isPrintableAscii } from './ascii.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Where a line may end, the best first: names and paths are only broken where there is no blank. */
const BREAKS = [new Set([' ']), new Set([',', ';', '/', '.', '-'])];

/** How many columns of a terminal the text takes: two for a wide character, none for a combining one. */
export function widthOf(text: string): number {
  return isPrintableAscii(text) ? text.length : stringWidth(text);
}

/**
 * One line broken into lines of at most `width` columns, after a blank or a punctuation mark where one is in the
 * second half of the line, else between characters as people see them. `width` is at least 2. With `maxLines`, a
 * longer text ends in `…`.
 */
export function wrap(text: string, width: number, maxLines = Infinity): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let rest = [...graphemes.segment(text)].map(({ segment }) => segment);
  while (rest.length > 0) {
    const taken = takeLine(rest, width);
    lines.push(rest.slice(0, taken).join('').trimEnd());
    rest = rest.slice(taken);
    while (rest[0] === ' ') rest.shift();
    if (lines.length === maxLines && rest.length > 0) return cutLast(lines, width);
  }
  return lines;
}

function takeLine(chars: string[], width: number): number {
  let used = 0;
  let fits = 0;
  for (const char of chars) {
    used += widthOf(char);
    if (used > width) break;
    fits += 1;
  }
  if (fits === chars.length || chars[fits] === ' ') return fits;
  for (const breaks of BREAKS) {
    for (let end = fits; end > fits / 2; end -= 1) if (breaks.has(chars[end - 1] ?? '')) return end;
  }
  return Math.max(fits, 1);
}

function cutLast(lines: string[], width: number): string[] {
  const last = lines.pop() ?? '';
  return [...lines, `${truncate(last, width - 1)}…`];
}

function truncate(text: string, width: number): string {
  const chars = [...graphemes.segment(text)].map(({ segment }) => segment);
  while (chars.length > 0 && widthOf(chars.join('')) > width) chars.pop();
  return chars.join('');
}
