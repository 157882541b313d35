import { notSupported, ServerError } from '../server-error.ts';

/*
 * MongoDB matches with PCRE on UTF-8 text. Where the two dialects write the same differently, a pattern is rewritten;
 * where JavaScript has no such thing, or gives the letters another meaning, it is refused by name (pcre2pattern(3)).
 */

const START = '(?<![^])';
const END = '(?![^])';
const BEFORE_END = '(?=\\n?(?![^]))';
const SPACE = '\\t-\\r ';
const NOT_SPACE = '\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}';

/** Escapes of letters that both dialects have. */
const SAME = new Set('dDwWnrtf');
const SYNTAX = new Set('^$\\.*+?()[]{}|/');
const ANCHORS: Readonly<Record<string, string>> = { A: START, z: END, Z: BEFORE_END, b: '\\b', B: '\\B' };
const GROUPS = ['(?:', '(?=', '(?!', '(?<=', '(?<!', '(?<'] as const;
const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})/y;
const POSIX: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  xdigit: '0-9A-Fa-f',
  word: '0-9A-Z_a-z',
  space: SPACE,
  blank: '\\t ',
};

interface Piece {
  /** The piece in JavaScript. */
  readonly text: string;
  /** How much of the pattern it stands for. */
  readonly size: number;
}

/** Options that change what `.`, `^` and `$` mean. */
export interface PcreOptions {
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** Rewrites a pattern of PCRE for a JavaScript RegExp with the flag `u` and without `m` and `s`. */
export function fromPcre(pattern: string, options: PcreOptions): string {
  let out = '';
  for (let at = 0; at < pattern.length;) {
    const { text, size } = pieceAt(pattern, at, options);
    out += text;
    at += size;
  }
  return out;
}

function pieceAt(pattern: string, at: number, { multiline, dotAll }: PcreOptions): Piece {
  const quantifier = matchAt(QUANTIFIER, pattern, at);
  if (quantifier !== undefined) return quantified(pattern, at, quantifier);
  const character = pattern[at] as string;
  switch (character) {
    case '\\':
      return escapeAt(pattern, at, false);
    case '[':
      return classAt(pattern, at);
    case '(':
      return groupAt(pattern, at);
    case '.':
      return { text: dotAll ? '[^]' : '[^\\n]', size: 1 };
    case '^':
      return { text: multiline ? `(?:${START}|(?<=\\n)(?=[^]))` : START, size: 1 };
    case '$':
      return { text: multiline ? `(?=\\n|${END})` : BEFORE_END, size: 1 };
    case ']':
    case '{':
    case '}':
      return { text: `\\${character}`, size: 1 };
    default:
      return { text: character, size: 1 };
  }
}

function matchAt(sticky: RegExp, pattern: string, at: number): string | undefined {
  sticky.lastIndex = at;
  return sticky.exec(pattern)?.[0];
}

function quantified(pattern: string, at: number, quantifier: string): Piece {
  const next = pattern[at + quantifier.length];
  if (next === '+') throw unsupported(`${quantifier}+`);
  const lazy = next === '?' ? '?' : '';
  return { text: quantifier + lazy, size: quantifier.length + lazy.length };
}

function groupAt(pattern: string, at: number): Piece {
  if (pattern.startsWith('(*', at)) throw unsupported('(*');
  if (!pattern.startsWith('(?', at)) return { text: '(', size: 1 };
  if (pattern.startsWith('(?P<', at)) return { text: '(?<', size: 4 };
  const group = GROUPS.find((each) => pattern.startsWith(each, at));
  if (!group) throw unsupported(pattern.slice(at, at + 3));
  return { text: group, size: group.length };
}

/** A piece for a backslash and one letter. */
const whole = (text: string): Piece => ({ text, size: 2 });

function escapeAt(pattern: string, at: number, inClass: boolean): Piece {
  const letter = pattern[at + 1];
  if (letter === undefined)
    throw new ServerError(51091, 'Regular expression is invalid: \\ at end of pattern');
  if (SAME.has(letter)) return whole(`\\${letter}`);
  if (letter === 's') return whole(inClass ? SPACE : `[${SPACE}]`);
  if (letter === 'S') return whole(inClass ? NOT_SPACE : `[${NOT_SPACE}]`);
  if (inClass && letter === 'b') return whole('\\b');
  if (!inClass && letter in ANCHORS) return whole(ANCHORS[letter] as string);
  if (!/[0-9A-Za-z]/.test(letter)) {
    const special = SYNTAX.has(letter) || (inClass && letter === '-');
    return whole(special ? `\\${letter}` : letter);
  }
  return longEscape(pattern, at, inClass);
}

/** Escapes of more than one letter, by what they look like. */
const LONG: readonly (readonly [form: RegExp, inClass: boolean, text: (match: RegExpExecArray) => string])[] =
  [
    [/\\x([0-9A-Fa-f]{2})/y, true, ([, digits]) => `\\x${digits}`],
    [/\\x\{([0-9A-Fa-f]+)\}/y, true, ([, digits]) => `\\u{${digits}}`],
    [/\\[pP]\{[LMNPSZC][a-z]?\}/y, true, ([text]) => text],
    [/\\0(?![0-7])/y, true, () => '\\0'],
    [/\\[1-9](?!\d)/y, false, ([text]) => text],
    [/\\k<\w+>/y, false, ([text]) => text],
  ];

function longEscape(pattern: string, at: number, inClass: boolean): Piece {
  for (const [form, anywhere, text] of LONG) {
    form.lastIndex = at;
    const match = inClass && !anywhere ? null : form.exec(pattern);
    if (match) return { text: text(match), size: match[0].length };
  }
  throw unsupported(pattern.slice(at, at + 2));
}

function classAt(pattern: string, start: number): Piece {
  let at = start + 1;
  let text = '[';
  if (pattern[at] === '^') text += pattern[at++];
  // a bracket that comes first is one of the characters
  if (pattern[at] === ']') {
    text += '\\]';
    at++;
  }
  while (at < pattern.length && pattern[at] !== ']') {
    const piece = memberAt(pattern, at);
    text += piece.text;
    at += piece.size;
  }
  if (at >= pattern.length)
    throw new ServerError(51091, 'Regular expression is invalid: missing terminating ] for character class');
  return { text: `${text}]`, size: at + 1 - start };
}

function memberAt(pattern: string, at: number): Piece {
  if (pattern[at] === '\\') return escapeAt(pattern, at, true);
  const posix = matchAt(/\[[:.=][^\]]*[:.=]\]/y, pattern, at);
  if (posix === undefined) return { text: pattern[at] as string, size: 1 };
  const text = POSIX[posix.slice(2, -2)];
  if (text === undefined || posix[1] !== ':') throw unsupported(posix);
  return { text, size: posix.length };
}

function unsupported(syntax: string): ServerError {
  return notSupported(`${syntax} in a regular expression`);
}
