import { about, DnsError, quoted } from '../error.ts';
import type { RecordType } from '../record-type.ts';
import { recordType } from '../record.ts';
import type { Token } from '../tokens.ts';
import { parseTtl } from '../ttl.ts';
import { recordTypes } from '../types.ts';
import { SOA } from '../types/soa.ts';

/** A record's words by what they are: [owner] [TTL] [class] type value, TTL and class in either order. */
export interface Head {
  /** Undefined where the line begins with a blank. */
  readonly owner: Token | undefined;
  readonly ttl: Token | undefined;
  readonly type: Token;
  readonly value: readonly Token[];
}

const CLASS = /^(?:IN|CH|HS|CS|CLASS[0-9]+)$/i;
const TTL = /^-?[0-9]/;

/**
 * Sorts the words of a record (RFC 1035 5.1).
 * @throws DnsError `record-incomplete`, `class-unsupported`.
 */
export function readHead(tokens: readonly Token[], blank: boolean): Head {
  const owner = blank ? undefined : tokens[0];
  let at = blank ? 0 : 1;
  let ttl: Token | undefined;
  let klass: Token | undefined;
  for (let token = tokens[at]; token !== undefined; token = tokens[(at += 1)]) {
    if (ttl === undefined && isTtl(token)) ttl = token;
    else if (klass === undefined && isClass(token)) klass = token;
    else break;
  }
  if (klass !== undefined && !/^(?:IN|CLASS1)$/i.test(klass.text)) {
    throw new DnsError(
      'class-unsupported',
      `The class ${quoted(klass.text)} is not served`,
      'Write IN, or no class.',
    ).about(klass);
  }
  const type = tokens[at];
  if (type === undefined) {
    throw new DnsError(
      'record-incomplete',
      `The record ${quoted(tokens.map(({ text }) => text).join(' '))} has no type`,
      'A line is: name [TTL] [class] type value. One that begins with a blank takes its name from above.',
    );
  }
  return { owner, ttl, type, value: tokens.slice(at + 1) };
}

function isTtl({ text, quoted: inQuotes }: Token): boolean {
  return !inQuotes && TTL.test(text);
}

function isClass({ text, quoted: inQuotes }: Token): boolean {
  return !inQuotes && CLASS.test(text);
}

/** Whether these words of a record end in a type whose values are `key="value"` pairs. */
export function endsInPairsType(tokens: readonly Token[], blank: boolean): boolean {
  const { text, quoted: inQuotes } = tokens.at(-1)!;
  if (inQuotes || tokens.length > MOST_WORDS || !PAIRS.has(text.toUpperCase())) return false;
  return tokens.slice(blank ? 0 : 1, -1).every((token) => isTtl(token) || isClass(token));
}

/** Owner, TTL, class and type. */
const MOST_WORDS = 4;

/** The names of those types, in both spellings. */
const PAIRS = new Set(
  [...recordTypes.values()].filter(({ pairs }) => pairs).flatMap(({ name, code }) => [name, `TYPE${code}`]),
);

/** The type that a word names; a master file has SOA too. @throws DnsError `type-unknown`, for one in quotes too. */
export function typeOf(token: Token): RecordType {
  const name = token.text.toUpperCase();
  if (token.quoted) {
    throw new DnsError('type-unknown', `The type ${quoted(name)} stands in quotes`, 'Take them off.').about(
      token,
    );
  }
  return about(token, () => (name === 'SOA' || name === 'TYPE6' ? SOA : recordType(name)));
}

/** Seconds of a word. @throws DnsError `ttl-invalid`. */
export function ttlOf(token: Token): number {
  return about(token, () => parseTtl(token.text));
}

/** The text of a word that is a name; one in quotes is none. @throws DnsError `name-characters`. */
export function nameOf({ text, quoted: inQuotes }: Token): string {
  if (!inQuotes) return text;
  throw new DnsError('name-characters', `The name ${quoted(text)} stands in quotes`, 'Take them off.');
}
