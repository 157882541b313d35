import { createHash } from 'node:crypto';
import { DnsError, quoted } from './error.ts';
import { checkUnicode, encodeString } from './escapes.ts';
import { joinStrings } from './fields.ts';
import { nearest } from './nearest.ts';
import { otherTypes, signingTypes } from './other-types.ts';
import type { RecordData, RecordType } from './record-type.ts';
import type { Token } from './tokens.ts';
import { tokenize } from './tokens.ts';
import { recordTypes } from './types.ts';
import { genericType } from './types/generic.ts';

/** The names of the types in the table. */
export const recordTypeNames: readonly string[] = [...recordTypes.keys()];

/** What a type of DNS that is not kept as a record is about. */
const ELSEWHERE: Record<string, string> = {
  SOA: 'The SOA of a zone is made by export.',
  SPF: 'SPF is published as TXT (RFC 7208 3.1).',
  ANAME: 'Use ALIAS.',
};

const numbered = new Map([...recordTypes.values()].map((type) => [type.code, type]));

/** Numbers that are no data of a zone: SOA, which the zone itself holds, and those of queries (RFC 6895 3.1). */
function isReserved(code: number): boolean {
  return code === 0 || code === 6 || code === 41 || (code >= 128 && code <= 255) || code >= 65_535;
}

/**
 * The name of a type, any case; a type outside the table is `TYPEnnn`, and a number in the table gets its name.
 * Throws `type-unknown` with the nearest name.
 */
export function parseType(text: string): string {
  return recordType(text).name;
}

/** The entry of a type, by its name in any case. Throws `type-unknown`. */
export function recordType(text: string): RecordType {
  const name = text.toUpperCase();
  const known = recordTypes.get(name);
  if (known !== undefined) return known;
  const code = Number(/^TYPE([0-9]{1,5})$/.exec(name)?.[1] ?? 0);
  if (!isReserved(code)) return numbered.get(code) ?? genericType(code);
  throw new DnsError('type-unknown', `${quoted(text)} is not a record type that is kept`, wayOut(name));
}

function wayOut(name: string): string {
  if (ELSEWHERE[name] !== undefined) return ELSEWHERE[name];
  if (signingTypes[name] !== undefined)
    return 'Leave it out (--skip-type dnssec, for a file): a zone is signed where it is served.';
  const number = otherTypes[name];
  if (number !== undefined)
    return `Leave it out (--skip-type ${name}, for a file), or give its data in hex: TYPE${number} \\# LENGTH HEX (RFC 3597).`;
  const near = nearest(name, recordTypeNames);
  return near === undefined
    ? `Known types: ${recordTypeNames.join(' ')}, or TYPEnnn.`
    : `Did you mean ${near}?`;
}

/**
 * Values from command-line words. A word with blanks is a whole value (`"10 mail.example.net."`); words without
 * are taken together, as many as the type has fields (`10 mail.example.net.`). A TXT word is raw text, one record
 * each, unless it starts with a quote. Targets become absolute: see `target` in fields.ts.
 * Throws DnsError.
 */
export function parseValues(type: string, args: string[], origin: string): RecordData[] {
  const entry = recordType(type);
  if (args.length === 0) {
    throw new DnsError('value-fields', `${entry.name} needs a value: ${entry.fields.join(' ')}`);
  }
  return groupWords(entry, args).map((tokens) => entry.read(tokens, { origin, source: 'words' }));
}

function groupWords(type: RecordType, args: readonly string[]): Token[][] {
  if (type.rawText) return args.map((word) => (word.startsWith('"') ? tokenize(word) : [rawToken(word)]));
  if (args[0] === '\\#') return [args.map(wordToken)];
  const groups: Token[][] = [];
  for (let at = 0; at < args.length;) {
    const word = args[at] as string;
    if (/\s/.test(word) || type.width === 1) {
      groups.push(tokenize(word, type.pairs));
      at += 1;
    } else {
      const words = args.slice(at, type.width === undefined ? undefined : at + type.width);
      groups.push(words.map(wordToken));
      at += words.length;
    }
  }
  return groups;
}

function rawToken(word: string): Token {
  checkUnicode(word);
  return { text: encodeString(Buffer.from(word, 'utf8')), quoted: true, line: 1, column: 1 };
}

/** The shell has done the quoting of a word that stands alone, unless quotes are part of it. */
function wordToken(word: string): Token {
  const [token] = word.startsWith('"') ? tokenize(word) : [];
  return token ?? { text: word, quoted: false, line: 1, column: 1 };
}

/** The canonical presentation form: one line of printable ASCII. */
export function formatValue(type: string, data: RecordData): string {
  return recordType(type).write(data);
}

/** The value as people read it: a text that was split into strings for its length is one again. */
export function displayValue(type: string, data: RecordData): string {
  const entry = recordType(type);
  return entry.rawText ? `"${joinStrings(data['strings'] as string[])}"` : entry.write(data);
}

/** SHA-256, in hex, of the canonical value: two values with the same hash are the same record data. */
export function valueHash(type: string, data: RecordData): string {
  return createHash('sha256').update(formatValue(type, data)).digest('hex');
}
