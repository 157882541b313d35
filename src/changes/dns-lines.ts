import { z } from 'zod';
import { recordTypeNames } from '../dns/record.ts';
import { NetgoatError } from '../errors.ts';
import type { RecordSource } from './dns-add.ts';
import { recordInput } from './dns-inputs.ts';
import type { RecordInput } from './dns-inputs.ts';
import { parse } from './inputs.ts';

/** So many records are taken at once; `dns import` is for whole zones. */
const MOST_LINES = 10_000;

type Defaults = Omit<RecordInput, 'name' | 'type' | 'value'>;

const text = z.union([z.string(), z.number().transform(String)]);

/** What `dns list --output ndjson` prints may be given back: what the store adds of its own is passed over. */
const jsonRecord = z.strictObject({
  name: z.string(),
  type: z.string(),
  value: z.union([z.string(), z.array(z.string())]).optional(),
  values: z.array(z.string()).optional(),
  ttl: text.optional(),
  proxied: z.boolean().optional(),
  enabled: z.boolean().optional(),
  comment: z.string().optional(),
  tags: z.array(z.string()).optional(),
  data: z.unknown().optional(),
  revision: z.unknown().optional(),
  zoneRevision: z.unknown().optional(),
  id: z.unknown().optional(),
});

/**
 * Records from text, one a line: `name [ttl] [class] type value…` in the order of a master file, or a JSON object.
 * A text in double quotes is one value. Blank lines, and what follows a word that begins with `#` or `;`, are
 * remarks. See docs/stdin.md.
 * @param defaults the options of records that state none.
 * @returns the records, each of which throws NetgoatError where its line cannot be read.
 * @throws NetgoatError usage: nothing is there; there are too many.
 */
export function parseLines(content: string, defaults: Defaults): RecordSource[] {
  const lines = content
    .split(/\r?\n/)
    .map((line, at) => ({ line: line.trimEnd(), number: at + 1 }))
    .filter(({ line }) => line !== '' && !/^\s*[#;]/.test(line));
  if (lines.length === 0) {
    throw new NetgoatError('usage', 'stdin holds no records', {
      hint: 'a record a line, such as: www A 192.0.2.1',
    });
  }
  if (lines.length > MOST_LINES) {
    throw new NetgoatError('usage', `${lines.length} records are more than the ${MOST_LINES} taken at once`);
  }
  return lines.map(({ line, number }) => ({
    line: number,
    read: () => ({ ...defaults, ...(/^\s*\{/.test(line) ? fromJson(line) : fromWords(line)) }),
  }));
}

function fromWords(line: string): RecordInput {
  const words = withoutRemark(line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []);
  const [name = '', ...rest] = words;
  refuseMasterFileOnly(line, name, rest);
  const { ttl, inMasterFile, type, values } = readHead(rest);
  const value = type.toUpperCase() === 'TXT' ? textsOf(values, inMasterFile) : wordsOf(values);
  return parse(recordInput, { name, type, value, ttl });
}

function withoutRemark(words: string[]): string[] {
  const remark = words.findIndex((word) => /^[#;]/.test(word));
  return remark < 0 ? words : words.slice(0, remark);
}

/** What only a whole zone file can mean: directives, and a line that takes its name from the line above. */
function refuseMasterFileOnly(line: string, name: string, rest: readonly string[]): void {
  if (/^\$(?:TTL|ORIGIN|INCLUDE|GENERATE)$/i.test(name)) {
    throw new NetgoatError('usage', `${name} is a directive of a zone file`, {
      hint: 'leave it out: write the names in full, and give --ttl or a TTL on each line',
    });
  }
  if (/^\s/.test(line) && lacksName(name, rest)) {
    throw new NetgoatError('usage', 'the record has no name', {
      hint: 'begin the line with its name, without a blank before it; @ is the domain itself',
    });
  }
}

/** Whether an indented line goes on without a name: with a TTL or class, or with a type that no other follows. */
function lacksName(first: string, rest: readonly string[]): boolean {
  if (isTtl(first) || isClass(first)) return isType(rest[0]) || isTtl(rest[0]) || isClass(rest[0]);
  return isKnownType(first) && !isKnownType(rest.find((word) => !isTtl(word) && !isClass(word)));
}

/** TTL and class stand between name and type, in either order (RFC 1035 5.1). */
function readHead(words: readonly string[]) {
  const [ttls, classes]: [string[], string[]] = [[], []];
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at]!;
    if (isTtl(word) && ttls.length === 0) ttls.push(word);
    else if (isClass(word) && classes.length === 0) classes.push(word);
    else break;
  }
  const [ttl] = ttls;
  if (classes.some((each) => !/^(?:IN|CLASS1)$/i.test(each))) {
    throw new NetgoatError('usage', `the class ${classes[0]} is not served`, { hint: 'the class is IN' });
  }
  return { ttl, inMasterFile: at > 0, type: words[at] ?? '', values: words.slice(at + 1) };
}

function isTtl(word = ''): boolean {
  return /^\d+(?:[wdhms]\d+)*[wdhms]?$/i.test(word);
}

function isClass(word = ''): boolean {
  return /^(?:IN|CH|HS|CS|CLASS\d+)$/i.test(word);
}

function isKnownType(word = ''): boolean {
  return recordTypeNames.includes(word.toUpperCase());
}

function isType(word = ''): boolean {
  return /^[A-Z]+\d*$/i.test(word);
}

/**
 * A quoted text keeps its quotes and is one value; after a TTL or a class, the line is one of a master file and the
 * texts are the strings of one value.
 */
function textsOf(words: string[], inMasterFile: boolean): string[] {
  if (words.length > 1 && words.some((word) => !/^".*"$/.test(word))) {
    throw new NetgoatError('usage', 'a text with blanks stands in double quotes', {
      hint: 'for example: @ TXT "v=spf1 -all"',
    });
  }
  return inMasterFile && words.length > 1 ? [words.join(' ')] : words;
}

/** A shell takes the quotes off "10 mail.example.net."; those within a value are the value's own. */
function wordsOf(words: string[]): string[] {
  return words.every((word) => word.startsWith('"'))
    ? words.map((word) => word.replace(/^"(.*)"$/, '$1'))
    : words;
}

function fromJson(line: string): RecordInput {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    throw new NetgoatError('usage', `no JSON: ${(error as Error).message}`, { cause: error });
  }
  const { name, type, value, values, tags, ttl, proxied, enabled, comment } = parse(jsonRecord, json);
  return parse(recordInput, {
    name,
    type,
    value: [...(typeof value === 'string' ? [value] : (value ?? [])), ...(values ?? [])],
    ttl,
    proxied,
    enabled,
    comment,
    tag: tags,
  });
}
