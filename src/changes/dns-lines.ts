import { z } from 'zod';
import { NetgoatError } from '../errors.ts';
import { recordInput } from './dns.ts';
import type { RecordInput } from './dns.ts';
import { parse } from './inputs.ts';
import { located } from './located.ts';

/** So many records are taken at once; `dns import` is for whole zones. */
const MOST_LINES = 10_000;

type Defaults = Omit<RecordInput, 'name' | 'type' | 'value' | 'place'>;

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
 * Records from text, one a line: `name type value…` in the order of a master file, a text in double quotes being
 * one value, or a JSON object. Blank lines and those that begin with `#` or `;` are passed over.
 * @param defaults the options of records that state none.
 * @throws NetgoatError usage: names the line that cannot be read; nothing is there; there are too many.
 */
export function parseLines(content: string, defaults: Defaults): RecordInput[] {
  const lines = content
    .split(/\r?\n/)
    .map((line, at) => ({ line: line.trim(), number: at + 1 }))
    .filter(({ line }) => line !== '' && !/^[#;]/.test(line));
  if (lines.length === 0) throw new NetgoatError('usage', 'there are no records on standard input');
  if (lines.length > MOST_LINES) {
    throw new NetgoatError('usage', `${lines.length} records are more than the ${MOST_LINES} taken at once`);
  }
  return lines.map(({ line, number }) => {
    const place = `line ${number}`;
    const record = located(place, () => (line.startsWith('{') ? fromJson(line) : fromWords(line)));
    return { ...defaults, ...record, place };
  });
}

function fromWords(line: string): RecordInput {
  const [name = '', type = '', ...words] = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  // A shell takes the quotes off "10 mail.example.net."; those of a TXT, or within a value, are the value's own.
  const whole = type.toUpperCase() !== 'TXT' && words.every((word) => word.startsWith('"'));
  const value = whole ? words.map((word) => word.replace(/^"(.*)"$/, '$1')) : words;
  return parse(recordInput, { name, type, value });
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
