import { DnsError, quoted } from '../error.ts';
import { recordType } from '../record.ts';
import { asLine, escapeUnsafe, isUnsafe } from '../unsafe.ts';

/** What a record has beside its data, and a master file only in a comment. */
interface Annotations {
  comment: string;
  tags: readonly string[];
  proxied: boolean;
}

/** What the comment behind a record says. */
export interface Remark {
  comment: string;
  /** Sorted, each once. */
  readonly tags: readonly string[];
  /** Undefined where it does not say. */
  proxied: boolean | undefined;
  /** It has `cf_tags=`: it says all there is of tags, even where it names none. */
  annotated: boolean;
  /** Tags that mean something to Cloudflare and nothing here; they are left out. */
  readonly dropped: readonly string[];
}

/** Behind it stand the tags. */
export const MARK = 'cf_tags=';
/** Tags that begin so are Cloudflare's own. */
const RESERVED = 'cf-';
const PROXIED = 'cf-proxied';

/** Whether a tag could be taken for an annotation of Cloudflare's. */
export function isReservedTag(tag: string): boolean {
  return tag.startsWith(RESERVED);
}

/**
 * The comment behind a record, without its `;`, in the form of Cloudflare's own exports:
 * `COMMENT cf_tags=cf-proxied:true,TAG,TAG:VALUE`. Records that could be proxied always say whether they are.
 * What is unsafe in a comment becomes blanks; reserved tags are left out. '' where there is nothing to say.
 */
export function writeRemark({ type, comment, tags, proxied }: Annotations & { type: string }): string {
  const line = asLine(comment);
  const words = tags.filter((tag) => !isReservedTag(tag)).map(writeTag);
  if (proxied || recordType(type).proxiable) words.unshift(`${PROXIED}:${proxied}`);
  // The last mark counts: a comment that holds one by itself is followed by another.
  const marked = words.length > 0 || line.includes(MARK);
  return marked ? `${line} ${MARK}${words.join(',')}`.trim() : line;
}

/** `NAME` or `NAME:VALUE`; a value with `"`, `=`, `,` or `\` in it is a JSON string, a name makes the whole one. */
function writeTag(tag: string): string {
  const [name, value] = parted(tag);
  if (value === undefined) return needsQuotes(name) ? inQuotes(tag) : name;
  // Without a name or a value the colon would be taken for none.
  if (name === '' || value === '' || needsQuotes(name)) return inQuotes(tag);
  return `${name}:${needsQuotes(value) ? inQuotes(value) : value}`;
}

function needsQuotes(text: string): boolean {
  return /["=,\\]/.test(text) || isUnsafe(text) || text !== text.trim();
}

/** A JSON string in which nobody finds a mark. */
function inQuotes(text: string): string {
  const json = JSON.stringify(text).replaceAll(MARK, MARK.replace('=', String.raw`\u003d`));
  return escapeUnsafe(json);
}

/**
 * Reads the comment behind a record, see `writeRemark`.
 * @throws DnsError `remark-invalid`: what stands behind `cf_tags=` is no list of tags.
 */
export function readRemark(text: string): Remark {
  if (text === '') return SILENT;
  const at = text.lastIndexOf(MARK);
  const comment = asLine(at < 0 ? text : text.slice(0, at));
  if (at < 0) return { ...SILENT, comment };
  const [tags, dropped] = [new Set<string>(), new Array<string>()];
  let proxied: boolean | undefined;
  for (const tag of readTags(text.slice(at + MARK.length))) {
    if (!isReservedTag(tag)) tags.add(tag);
    else if (tag.startsWith(`${PROXIED}:`)) proxied = readFlag(tag);
    else dropped.push(tag);
  }
  return { comment, tags: [...tags].toSorted(), proxied, annotated: true, dropped };
}

/** Of the many records without a comment; one for all of them. */
const SILENT: Remark = Object.freeze({
  comment: '',
  tags: Object.freeze([]),
  proxied: undefined,
  annotated: false,
  dropped: Object.freeze([]),
});

/** What stands between two commas; those in quotes are none. */
const ITEM = /((?:"(?:[^"\\]|\\.)*"|[^",])*)(,|$)/y;
const WHOLE = /^"(?:[^"\\]|\\.)*"$/;

function readTags(list: string): string[] {
  const tags: string[] = [];
  ITEM.lastIndex = 0;
  for (let last = list.trim() === ''; !last;) {
    const match = ITEM.exec(list);
    if (match === null) throw invalid(list);
    tags.push(readTag(match[1]!.trim(), list));
    last = match[2] === '';
  }
  return tags;
}

function readTag(item: string, list: string): string {
  const [name, value = ''] = WHOLE.test(item) ? [readText(item, list)] : parted(item);
  const text = readText(value.trim(), list);
  const tag = text === '' ? name : `${name}:${text}`;
  if (name === '' || isUnsafe(tag) || (name.includes('"') && !WHOLE.test(item))) throw invalid(list);
  return tag;
}

function readText(text: string, list: string): string {
  if (!text.includes('"')) return text;
  try {
    if (WHOLE.test(text)) return JSON.parse(text) as string;
  } catch {
    // No JSON string: as bad as a quote that stands alone.
  }
  throw invalid(list);
}

function parted(tag: string): [name: string, value?: string] {
  const colon = tag.indexOf(':');
  return colon < 0 ? [tag] : [tag.slice(0, colon), tag.slice(colon + 1)];
}

function readFlag(tag: string): boolean {
  const value = tag.slice(PROXIED.length + 1);
  if (value !== 'true' && value !== 'false') throw invalid(tag);
  return value === 'true';
}

function invalid(text: string): DnsError {
  return new DnsError(
    'remark-invalid',
    `${quoted(text.trim())} behind cf_tags= is no list of tags`,
    'Such as cf_tags=cf-proxied:true,web,owner:"Doe, Jane"; end a comment that is about cf_tags= with another cf_tags=.',
  );
}
