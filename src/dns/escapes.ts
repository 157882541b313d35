import { DnsError, quoted } from './error.ts';

/**
 * The octets that a presentation text stands for: `\DDD` and `\X` decoded, anything not ASCII as UTF-8
 * (RFC 1035 5.1). Throws `escape-invalid` and `text-not-unicode`.
 */
export function decodeOctets(text: string): Buffer {
  checkUnicode(text);
  if (!text.includes('\\')) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (let at = 0; at < text.length;) {
    const slash = text.indexOf('\\', at);
    const end = slash < 0 ? text.length : slash;
    parts.push(Buffer.from(text.slice(at, end), 'utf8'));
    if (slash < 0) break;
    const escape = readEscape(text, slash);
    parts.push(escape.octets);
    at = escape.end;
  }
  return Buffer.concat(parts);
}

/** Throws `text-not-unicode` on half a surrogate pair, which has no octets. */
export function checkUnicode(text: string): void {
  if (/\p{Cs}/u.test(text)) {
    throw new DnsError(
      'text-not-unicode',
      `${quoted(text)} holds half a surrogate pair, which is no character`,
    );
  }
}

/** Reads the escape whose backslash stands at `at`. */
export function readEscape(text: string, at: number): { octets: Buffer; end: number } {
  const next = text.codePointAt(at + 1);
  if (next === undefined) {
    throw new DnsError(
      'escape-invalid',
      `${quoted(text)} ends in a lone backslash`,
      'Write \\\\ for a backslash.',
    );
  }
  const char = String.fromCodePoint(next);
  if (!/[0-9]/.test(char)) return { octets: Buffer.from(char, 'utf8'), end: at + 1 + char.length };
  const [digits] = /^[0-9]+/.exec(text.slice(at + 1, at + 4))!;
  if (digits.length < 3 || Number(digits) > 255) {
    throw new DnsError(
      'escape-invalid',
      `${quoted(`\\${digits}`)} in ${quoted(text)} is no octet`,
      'A numeric escape has three decimal digits, 000 to 255.',
    );
  }
  return { octets: Buffer.from([Number(digits)]), end: at + 4 };
}

/** Octets as printable ASCII; those in `special` get a backslash, the unprintable ones become `\DDD`. */
export function encodeOctets(octets: Uint8Array, special: string): string {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  let text = '';
  let done = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const escaped = escapeOf(bytes[at]!, special);
    if (escaped === undefined) continue;
    text += bytes.toString('latin1', done, at) + escaped;
    done = at + 1;
  }
  return text + bytes.toString('latin1', done);
}

/** What stands for an octet that cannot stand for itself; most can. */
function escapeOf(octet: number, special: string): string | undefined {
  if (octet < 0x20 || octet > 0x7e) return `\\${String(octet).padStart(3, '0')}`;
  for (let at = 0; at < special.length; at += 1) {
    if (special.charCodeAt(at) === octet) return `\\${special[at]!}`;
  }
  return undefined;
}

/** A character string as it stands between double quotes. */
export function encodeString(octets: Uint8Array): string {
  return encodeOctets(octets, '"\\');
}
