import { isCacheWord, isHit, NO_STATUS } from './entry.ts';
import type { Entry } from './entry.ts';
import { NCSA_LENGTH } from './times.ts';
import type { Clock } from './times.ts';

/** From the bracket before the time to the quote before the request: `[24/Nov/2026:18:04:05 +0000] "`. */
const BEFORE_REQUEST = NCSA_LENGTH + 3;

const [SPACE, QUOTE, DASH, ZERO, NINE, OPEN, BACKSLASH, CLOSE] = [32, 34, 45, 48, 57, 91, 92, 93];

/**
 * Reads a line of an NCSA access log: common, combined, either with the virtual host in front (Apache's vhost_combined),
 * and with what more stands behind; a word of a cache at the very end is understood.
 * A quote in a request or a name is escaped by all that write such logs, so the first one that is not begins the request.
 * @returns why it is no such line, or null.
 */
export function readNcsa(line: string, entry: Entry, clock: Clock): string | null {
  const open = quoteFrom(line, 0);
  if (open < 0) return 'it has no request in quotes';
  const at = open - BEFORE_REQUEST;
  if (at < 0 || line.charCodeAt(at) !== OPEN || line.charCodeAt(open - 2) !== CLOSE) {
    return 'it has no time in brackets before the request';
  }
  entry.minute = clock.ncsa(line, at + 1);
  if (Number.isNaN(entry.minute)) return clock.why;
  const host = hostOf(line, at - 1);
  if (host === null) return 'it has no client, identity and user before the time';
  entry.host = host;
  const close = endOfRequest(line, open + 1);
  if (close < 0) return NO_STATUS;
  entry.status = Number(line.slice(close + 2, close + 5));
  const size = sizeAt(line, close + 6);
  if (size < 0) return 'it has no size after the status';
  entry.bytesOut = size;
  entry.bytesIn = 0;
  entry.hit = endsInHit(line, close + 6);
  return null;
}

/** The quote that ends the request; one that was not escaped is followed by something else than a status. */
function endOfRequest(line: string, from: number): number {
  let close = quoteFrom(line, from);
  while (close >= 0 && !isStatus(line, close + 1)) close = quoteFrom(line, close + 1);
  return close;
}

function isStatus(line: string, at: number): boolean {
  const first = line.charCodeAt(at + 1) - ZERO;
  return (
    line.charCodeAt(at) === SPACE &&
    first >= 1 &&
    first <= 5 &&
    isDigit(line.charCodeAt(at + 2)) &&
    isDigit(line.charCodeAt(at + 3)) &&
    line.charCodeAt(at + 4) === SPACE
  );
}

function quoteFrom(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at > 0 && isEscaped(line, at)) at = line.indexOf('"', at + 1);
  return at;
}

function isEscaped(line: string, at: number): boolean {
  let slashes = 0;
  while (line.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}

/**
 * The virtual host before client, identity and user; '' where there is none.
 * @param end of the blank before the time.
 */
function hostOf(line: string, end: number): string | null {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  const third = line.indexOf(' ', second + 1);
  if (first <= 0 || second < 0 || third < 0 || third > end) return null;
  // A user may have blanks in its name; what follows a client is a dash then, for nobody asks for the identity.
  if (third === end || (second === first + 2 && line.charCodeAt(first + 1) === DASH)) return '';
  return first === 1 && line.charCodeAt(0) === DASH ? '' : line.slice(0, first);
}

/** Digits, or a dash for none; -1 for what is neither. */
function sizeAt(line: string, from: number): number {
  let [at, size] = [from, 0];
  for (; isDigit(line.charCodeAt(at)); at += 1) size = size * 10 + line.charCodeAt(at) - ZERO;
  if (at === from && line.charCodeAt(at) === DASH) at += 1;
  const ended = at > from && (at === line.length || line.charCodeAt(at) === SPACE);
  return ended && Number.isSafeInteger(size) ? size : -1;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Referer and agent come before it, in quotes; the word may be in quotes too. */
const BEFORE_QUOTED_WORD = 2;

function endsInHit(line: string, from: number): boolean {
  const quoted = line.charCodeAt(line.length - 1) === QUOTE;
  const end = quoted ? line.length - 1 : line.length;
  const last = line.charCodeAt(end - 1);
  // Nearly all lines end in an agent, and nearly no agent in a capital letter.
  if (last < 65 || last > 90) return false;
  const start = line.lastIndexOf(quoted ? '"' : ' ', end - 1) + 1;
  const word = line.slice(start, end);
  if (start <= from || !isCacheWord(word)) return false;
  return isHit(word) && (!quoted || quotedBetween(line, from, start - 1) >= BEFORE_QUOTED_WORD);
}

/** How many texts in quotes lie between. */
function quotedBetween(line: string, from: number, end: number): number {
  let quotes = 0;
  for (let at = quoteFrom(line, from); at >= 0 && at < end; at = quoteFrom(line, at + 1)) quotes += 1;
  return Math.floor(quotes / 2);
}
