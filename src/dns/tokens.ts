import { DnsError, quoted } from './error.ts';
import { readEscape } from './escapes.ts';

/** One word of presentation form; `text` keeps its escapes and is without the outer quotes. */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
  /** Where it begins: the line of its file or, in a value that stands alone, 1. */
  readonly line: number;
  /** Where it begins in that line, from 1. */
  readonly column: number;
}

/** What ends a bare word; a backslash is looked at by itself. */
const PLAIN = /[^ \t\r\n";()\\]*/y;

/**
 * Scans the token that begins at `at`: a quoted string or a bare word (RFC 1035 5.1). A bare word ends before
 * a blank, a line end, a quote, `;` and parentheses, which are the caller's to treat. With `pairs`, a quote
 * after the first `=` belongs to the word, as in `alpn="h2,h3"` (RFC 9460 2.1).
 * @throws DnsError `quote-unclosed`, `escape-invalid`.
 */
export function scanToken(
  source: string,
  at: number,
  pairs = false,
  line = 1,
): { token: Token; end: number } {
  if (source[at] === '"') {
    const end = closingQuote(source, at);
    return { token: { text: source.slice(at + 1, end), quoted: true, line, column: at + 1 }, end: end + 1 };
  }
  let end = at;
  for (;;) {
    PLAIN.lastIndex = end;
    end += PLAIN.exec(source)![0].length;
    if (source[end] === '\\') end = readEscape(source, end).end;
    else if (pairs && source[end] === '"' && isFirstEquals(source, at, end - 1))
      end = closingQuote(source, end) + 1;
    else break;
  }
  return { token: { text: source.slice(at, end), quoted: false, line, column: at + 1 }, end };
}

function isFirstEquals(source: string, from: number, at: number): boolean {
  return source[at] === '=' && source.indexOf('=', from) === at;
}

function closingQuote(source: string, opening: number): number {
  for (let at = opening + 1; at < source.length;) {
    const char = source[at];
    if (char === '"') return at;
    if (char === '\n' || char === '\r' || (char === '\\' && at === source.length - 1)) break;
    at = char === '\\' ? readEscape(source, at).end : at + 1;
  }
  throw new DnsError(
    'quote-unclosed',
    `The quote at column ${opening + 1} of ${quoted(source)} is not closed`,
    'Close it, or write \\" for a quote that is part of the text.',
  );
}

/** The tokens of one value on one line. Refuses what only a master file has: comments, parentheses, lines. */
export function tokenize(value: string, pairs = false): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < value.length;) {
    const char = value[at] as string;
    if (char === ' ' || char === '\t') {
      at += 1;
    } else if (';()\r\n'.includes(char)) {
      throw new DnsError(
        'value-characters',
        `${quoted(value)} has ${quoted(char)} at column ${at + 1}, outside quotes`,
        'Put double quotes around text that holds ; ( ) or line ends.',
      );
    } else {
      const scanned = scanToken(value, at, pairs);
      tokens.push(scanned.token);
      at = scanned.end;
    }
  }
  return tokens;
}
