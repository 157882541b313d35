import { isAscii, isUtf8 } from 'node:buffer';
import { DnsError } from '../error.ts';

/** What a master file comes in: pieces of any size, cut anywhere. */
export type Chunks = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** So long may a line be, and a record over several lines. */
export const MOST_LENGTH = 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;

/**
 * The lines of a file, without their ends (LF, also after CR), in batches as they come; memory does not grow
 * with the file. A leading byte order mark is stripped. Octets that are no UTF-8 become `\DDD`, which stands for the same octet
 * wherever a record may hold one.
 * @throws DnsError `text-encoding`: the file is UTF-16 or holds NUL octets; `entry-too-long`.
 */
export async function* linesOf(chunks: Chunks): AsyncGenerator<string[]> {
  let left: Buffer = Buffer.alloc(0);
  let atStart = true;
  for await (const chunk of chunks) {
    const octets = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    left = left.length === 0 ? Buffer.from(octets) : Buffer.concat([left, octets]);
    if (atStart) {
      if (left.length < 3) continue;
      left = withoutMark(left);
      atStart = false;
    }
    const nul = left.indexOf(0);
    const end = nul < 0 ? left.lastIndexOf(LF) : left.lastIndexOf(LF, nul);
    if (end >= 0) {
      yield split(left.subarray(0, end));
      left = left.subarray(end + 1);
    }
    if (nul >= 0) throw noText();
    if (left.length > MOST_LENGTH) throw left.includes(CR) ? strayCr() : tooLong();
  }
  if (atStart) left = withoutMark(left);
  if (left.includes(0)) throw noText();
  if (left.length > 0) yield split(left);
}

function noText(): DnsError {
  return new DnsError(
    'text-encoding',
    'The file holds NUL octets, which no text has',
    'Is this a master file? A NUL in a text is written \\000.',
  );
}

/** A line, or a record over several, is longer than anything that a zone can hold. */
export function tooLong(): DnsError {
  return new DnsError(
    'entry-too-long',
    `A line or a record has more than ${MOST_LENGTH} octets`,
    'Is this a master file, and is every ( closed?',
  );
}

/** A CR that ends no line: to some readers it is a blank, to others the end of a record. */
export function strayCr(): DnsError {
  return new DnsError(
    'text-encoding',
    'A CR stands within a line',
    'End lines by LF or CRLF, not by CR alone; a CR in a text is written \\013.',
  );
}

function withoutMark(octets: Buffer): Buffer {
  const [first, second] = octets;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new DnsError('text-encoding', 'The file is UTF-16 text', 'Save it as UTF-8.');
  }
  return octets.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? octets.subarray(3) : octets;
}

/** Decodes each line by itself: what is kept of it must not keep all that came with it. */
function split(octets: Buffer): string[] {
  const ascii = isAscii(octets);
  const lines: string[] = [];
  for (let from = 0; from <= octets.length;) {
    const lf = octets.indexOf(LF, from);
    const next = lf < 0 ? octets.length : lf;
    let end = next;
    while (end > from && octets[end - 1] === CR) end -= 1;
    lines.push(ascii ? octets.toString('latin1', from, end) : decode(octets.subarray(from, end)));
    from = next + 1;
  }
  return lines;
}

function decode(line: Buffer): string {
  return isUtf8(line) ? line.toString('utf8') : withEscapes(line);
}

/** Text in which each octet that is not part of a UTF-8 character stands as `\DDD`. */
function withEscapes(octets: Buffer): string {
  let text = '';
  let from = 0;
  for (let at = 0; at < octets.length;) {
    const size = characterSize(octets, at);
    if (size === 0) {
      // A backslash before the octet is that of the escape: it means the same octet.
      const slash = isEscaped(octets, at) ? '' : '\\';
      text += `${octets.toString('utf8', from, at)}${slash}${String(octets[at]).padStart(3, '0')}`;
      from = at + 1;
    }
    at += size || 1;
  }
  return text + octets.toString('utf8', from);
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(octets: Buffer, at: number): boolean {
  let first = at;
  while (octets[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** How many octets the UTF-8 character at a place has; 0 where none begins. */
function characterSize(octets: Buffer, at: number): number {
  const first = octets[at]!;
  if (first < 0x80) return 1;
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  return size > 0 && isUtf8(octets.subarray(at, at + size)) ? size : 0;
}
