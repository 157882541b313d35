import { about, DnsError, quoted } from '../error.ts';
import { otherTypes, signingTypes } from '../other-types.ts';
import type { RecordType } from '../record-type.ts';
import { recordType } from '../record.ts';
import type { Token } from '../tokens.ts';
import { parseTtl, ttlSeconds } from '../ttl.ts';
import { recordTypes } from '../types.ts';
import { SOA } from '../types/soa.ts';
import type { Entry } from './entries.ts';

/** What tells whether a line gives an owner. */
type Line = Pick<Entry, 'blank' | 'enabled'>;

/** A record's words by what they are: [owner] [TTL] [class] type value, TTL and class in either order. */
export interface Head {
  /** Undefined where the line gives none, so that it is that of the record above. */
  readonly owner: Token | undefined;
  readonly ttl: Token | undefined;
  readonly type: Token;
  readonly value: readonly Token[];
}

const CLASS = /^(?:IN|CH|HS|CS|CLASS[0-9]+)$/i;
const TTL = /^-?[0-9]/;

/**
 * Sorts the words of a record (RFC 1035 5.1).
 * @param ownerless whether the owner is not among them.
 * @throws DnsError `record-incomplete`, `class-unsupported`.
 */
export function readHead(tokens: readonly Token[], ownerless: boolean): Head {
  const owner = ownerless ? undefined : tokens[0];
  const { ttl, klass, at } = beforeType(tokens, ownerless ? 0 : 1);
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

/** The TTL and the class from a word on, and which word stands behind them. */
function beforeType(tokens: readonly Token[], from: number) {
  let at = from;
  let ttl: Token | undefined;
  let klass: Token | undefined;
  for (let token = tokens[at]; token !== undefined; token = tokens[(at += 1)]) {
    if (ttl === undefined && isTtl(token)) ttl = token;
    else if (klass === undefined && isClass(token)) klass = token;
    else break;
  }
  return { ttl, klass, at };
}

/**
 * Whether the words of a record lack its owner: where its line begins with a blank (RFC 1035 5.1). Behind the mark of
 * a record in a comment people write blanks as they like, so that its words tell.
 * @param more whether others may follow these words.
 */
export function isOwnerless(tokens: readonly Token[], { blank, enabled }: Line, more = false): boolean {
  if (enabled) return blank;
  const first = tokens[0]!;
  const isOwner = isRecord(tokens, 1, more);
  if (isType(first)) return !isOwner;
  // A name may be a number: export writes it right behind the mark.
  if (!blank || !(isClass(first) || isWholeTtl(first))) return false;
  return !isOwner || isRecord(tokens, 0, more);
}

/** Whether the words from one on are [TTL] [class] type value, as far as they go. */
function isRecord(tokens: readonly Token[], from: number, more: boolean): boolean {
  const { at } = beforeType(tokens, from);
  const type = tokens[at];
  if (type === undefined) return more;
  return isType(type) && (more || at + 1 < tokens.length);
}

function isType({ text, quoted: inQuotes }: Token): boolean {
  return !inQuotes && TYPE.test(text);
}

function isWholeTtl({ text, quoted: inQuotes }: Token): boolean {
  return !inQuotes && !Number.isNaN(ttlSeconds(text));
}

/** Any type, kept or not. */
const TYPE = new RegExp(
  `^(?:TYPE[0-9]+|${[...recordTypes.keys(), SOA.name, ...Object.keys({ ...otherTypes, ...signingTypes })].join('|')})$`,
  'i',
);

/** Whether the first words of a record have a type whose values are `key="value"` pairs. */
export function hasPairsType(tokens: readonly Token[], line: Line): boolean {
  if (tokens.length > MOST_WORDS) return false;
  const type = tokens[beforeType(tokens, isOwnerless(tokens, line, true) ? 0 : 1).at];
  return type !== undefined && !type.quoted && PAIRS.has(type.text.toUpperCase());
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
