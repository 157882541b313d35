import { WafError } from './waf-error.ts';

type TokenKind = 'name' | 'word' | 'string' | 'integer' | 'sign' | 'outside' | 'end';

/**
 * `text` is the word or sign itself; of a string literal, what it means. A sign outside of the subset carries the
 * `fault` to report if the parser comes to it, so that the first fault of a rule is the one that is shown.
 */
export interface Token {
  kind: TokenKind;
  text: string;
  column: number;
  fault?: WafError;
}

/** Words that are operators, and so no names. */
const WORDS = new Set(['and', 'or', 'not', 'in', 'matches', 'contains', 'startsWith', 'endsWith']);

const SIGN = /&&|\|\||[=!<>]=|[!<>+\-()[\]{},.#]/y;
const NAME = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const INTEGER = /\d+/y;
const BLANK = /[ \t\r\n]+/y;
/** Characters that cannot be seen or that reorder the line they stand in; a rule must read as it works. */
const INVISIBLE = /[^\P{C}\t\n\r]|[\u2028\u2029]/u;
/** Escapes in quoted strings (expr-lang's table, less octal, `\U` and `\u{}`). */
const ESCAPES: Record<string, string> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** What the language has and the subset has not, by how it begins. */
const OUTSIDE: [sign: RegExp, message: string, hint: string][] = [
  [/\/[/*]/y, 'comments are not allowed in a rule', 'remove the comment'],
  [/\?\?|\?\./y, 'nil handling is not part of the rule language', 'test with `"Name" in Headers` first'],
  [/\?|:/y, 'conditionals and slices are not part of the rule language', 'use `and`, `or` and parentheses'],
  [/\|/y, 'pipes are not part of the rule language', 'write the call as `lower(Path)`; "or" is `||`'],
  [/&/y, 'unknown operator `&`', '"and" is `&&`'],
  [/=/y, 'assignments are not part of the rule language', 'compare with `==`'],
  [/[*/%^]/y, 'arithmetic is not part of the rule language', 'only `+` is'],
  [/;/y, 'a rule is one expression', 'join conditions with `and` or `or`'],
  [/~/y, 'unknown operator `~`', 'use `matches`'],
];

/** The tokens of an expression, the last one `end`. Throws WafError on a malformed literal or an unknown character. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const invisible = INVISIBLE.exec(source);
  if (invisible) {
    const code = (invisible[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    throw new WafError(
      `the expression holds an invisible character (U+${code.toUpperCase()})`,
      columnAt(source, invisible.index),
      'in a quoted string write it as \\uXXXX',
    );
  }
  let offset = 0;
  while ((offset = skipBlanks(source, offset)) < source.length) {
    const column = columnAt(source, offset);
    const [token, end] = readToken(source, offset, column);
    tokens.push(token);
    offset = end;
  }
  return [...tokens, { kind: 'end', text: '', column: columnAt(source, source.length) }];
}

function readToken(source: string, offset: number, column: number): [Token, number] {
  const quote = source[offset];
  if (quote === '`') return readRaw(source, offset, column);
  if (quote === '"' || quote === "'") return readQuoted(source, offset, column, quote);
  const name = matchAt(NAME, source, offset);
  if (name !== undefined) {
    return [{ kind: WORDS.has(name) ? 'word' : 'name', text: name, column }, offset + name.length];
  }
  const digits = matchAt(INTEGER, source, offset);
  if (digits !== undefined) return [readInteger(source, offset, column, digits), offset + digits.length];
  const outside = OUTSIDE.find(([sign]) => matchAt(sign, source, offset) !== undefined);
  const sign = matchAt(SIGN, source, offset);
  if (sign !== undefined) return [{ kind: 'sign', text: sign, column }, offset + sign.length];
  if (outside) {
    const [pattern, message, hint] = outside;
    const text = matchAt(pattern, source, offset) ?? '';
    return [
      { kind: 'outside', text, column, fault: new WafError(message, column, hint) },
      offset + text.length,
    ];
  }
  const character = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  throw new WafError(`unexpected character ${character}`, column, 'texts stand in quotes');
}

function readInteger(source: string, offset: number, column: number, digits: string): Token {
  const next = source[offset + digits.length] ?? '';
  if (/[A-Za-z0-9_$.]/.test(next) || (digits.length > 1 && digits.startsWith('0'))) {
    throw new WafError(
      'only plain whole numbers are allowed',
      column,
      'write 42, not 0x2a, 4_2, 042 or 42.0',
    );
  }
  if (!Number.isSafeInteger(Number(digits))) throw new WafError('the number is too large', column);
  return { kind: 'integer', text: digits, column };
}

function readRaw(source: string, offset: number, column: number): [Token, number] {
  const end = source.indexOf('`', offset + 1);
  if (end < 0) throw new WafError('the string is not closed', column, 'a closing back-quote is missing');
  if (source[end + 1] === '`') {
    throw new WafError('back-quotes cannot hold a back-quote', column, 'use double quotes');
  }
  return [{ kind: 'string', text: source.slice(offset + 1, end), column }, end + 1];
}

function readQuoted(source: string, offset: number, column: number, quote: string): [Token, number] {
  let text = '';
  let at = offset + 1;
  while (source[at] !== quote) {
    const char = source[at];
    if (char === undefined || char === '\n' || char === '\r') {
      throw new WafError('the string is not closed', column, `a closing ${quote} is missing`);
    }
    const [meaning, length] = char === '\\' ? readEscape(source, at, quote) : [char, 1];
    text += meaning;
    at += length;
  }
  return [{ kind: 'string', text, column }, at + 1];
}

function readEscape(source: string, at: number, quote: string): [meaning: string, length: number] {
  const next = source[at + 1] ?? '';
  if (next === quote) return [quote, 2];
  const simple = Object.hasOwn(ESCAPES, next) ? ESCAPES[next] : undefined;
  if (simple !== undefined) return [simple, 2];
  const [sequence, long, short] =
    /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(source.slice(at, at + 6)) ?? [];
  const code = Number.parseInt(long ?? short ?? '', 16);
  if (sequence === undefined || (code >= 0xd800 && code <= 0xdfff)) {
    throw new WafError(
      `unknown escape \\${next}`,
      columnAt(source, at),
      'write a backslash as \\\\, or put a regular expression in back-quotes: `\\.php$`',
    );
  }
  return [String.fromCharCode(code), sequence.length];
}

function skipBlanks(source: string, offset: number): number {
  return offset + (matchAt(BLANK, source, offset)?.length ?? 0);
}

function matchAt(sticky: RegExp, source: string, offset: number): string | undefined {
  sticky.lastIndex = offset;
  return sticky.exec(source)?.[0];
}

/** Columns count characters, not UTF-16 units, from 1. */
function columnAt(source: string, offset: number): number {
  return source.slice(0, offset).replace(/[\ud800-\udbff][\udc00-\udfff]/g, '.').length + 1;
}
