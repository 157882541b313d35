import { RE2JS } from 're2js';
import type { Node } from './parser.ts';
import { WafError } from './waf-error.ts';

/** Classes that every edge knows, however old its Unicode tables: general categories and the large scripts. */
const CATEGORIES = /^(?:L[ulmot]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfos]?)$/;
const SCRIPTS = new Set(
  (
    'Arabic Armenian Bengali Bopomofo Common Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul ' +
    'Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Sinhala Tamil Telugu Thai ' +
    'Tibetan'
  ).split(' '),
);
/** An escape of any kind, so that `\\p` and quoted text are passed over; the groups hold a class's name. */
const ESCAPE = /\\(?:[pP](?:\{\^?([^}]*)\}|(.))|Q.*?(?:\\E|$)|.)/gsu;
/** Instructions of a compiled expression; every edge holds them in memory and may walk them for every character. */
const LARGEST = 50_000;
const HINT = 'RE2 has no look-around and no back-references; see docs/waf-expressions.md';

/** Refuses what is not a literal regular expression that RE2 compiles, so that none fails or stalls at an edge. */
export function checkRegularExpression(node: Node): void {
  if (node.kind !== 'string') {
    throw new WafError(
      '`matches` takes a literal regular expression',
      node.column,
      'write it in back-quotes',
    );
  }
  const unknown = [...node.value.matchAll(ESCAPE)]
    .map(([, name, letter]) => name ?? letter)
    .find((name) => name !== undefined && !CATEGORIES.test(name) && !SCRIPTS.has(name));
  if (unknown !== undefined) {
    throw new WafError(
      `not every edge knows the class \\p{${unknown}}`,
      node.column,
      'list the characters instead',
    );
  }
  if (compile(node).programSize() <= LARGEST) return;
  throw new WafError('the regular expression is too large', node.column, 'repeat less often than {1000}');
}

function compile(node: Extract<Node, { kind: 'string' }>): RE2JS {
  try {
    return RE2JS.compile(node.value);
  } catch (error) {
    throw new WafError(`not a regular expression of RE2: ${reason(error)}`, node.column, HINT);
  }
}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^error parsing regexp: /, '');
}
