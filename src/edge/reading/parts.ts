import { NetgoatError } from '../../errors.ts';
import { SCHEMA } from '../schema.ts';
import type { JsonPiece, JsonText } from './json-text.ts';

/** What a payload has beside its domains, unchecked but for the name of its schema. */
export interface Parts {
  readonly format: 'edge' | 'ndjson';
  /** The fields of the object; of ndjson, those of the first line. */
  readonly head: Record<string, unknown>;
  /** Those of the last line of ndjson. */
  readonly tail: Record<string, unknown> | null;
  /** The line on which it ends. */
  readonly line: number;
}

/** What a node takes of one domain (see protocol/frames.ts) is as much. */
const MOST_DOMAIN = 100 * 1024 * 1024;
const MOST_FIELD = 64 * 1024;
const MOST_FIELDS = 100;

/**
 * Takes a payload apart, in either format, whichever it is; the layout is of no account, as to any reader of JSON.
 * @param onDomain is given each domain, whatever it is, before the next is read.
 * @throws NetgoatError usage: it is no payload, or a malformed one.
 */
export async function readParts(
  name: string,
  text: JsonText,
  onDomain: (domain: JsonPiece) => Promise<void>,
): Promise<Parts> {
  if ((await text.peek()) !== '{') throw noPayload(name, 'it does not begin with {');
  const { fields, hasDomains } = await readObject(name, text, onDomain);
  requireSchema(name, fields['schema']);
  if (hasDomains) {
    if ((await text.peek()) !== '') throw text.wrong('the payload is over, and something follows');
    return { format: 'edge', head: fields, tail: null, line: text.line };
  }
  if ('checksum' in fields) throw noPayload(name, 'it has no domains');
  return { format: 'ndjson', head: fields, ...(await readLines(text, onDomain)) };
}

/** The first object: all of a payload in the format `edge`, the first line of ndjson. */
async function readObject(
  name: string,
  text: JsonText,
  onDomain: (domain: JsonPiece) => Promise<void>,
): Promise<{ fields: Record<string, unknown>; hasDomains: boolean }> {
  const fields = new Map<string, unknown>();
  let hasDomains = false;
  await text.require('{');
  if (await text.takes('}')) return { fields: {}, hasDomains };
  do {
    if ((await text.peek()) !== '"') await text.require('"');
    const key = String((await text.value(MOST_FIELD)).value);
    await text.require(':');
    if (fields.has(key) || (key === 'domains' && hasDomains)) throw text.wrong(`"${key}" is there twice`);
    if (key === 'domains' && (await text.peek()) === '[') {
      hasDomains = true;
      await readList(text, onDomain);
    } else {
      fields.set(key, (await text.value(MOST_FIELD)).value);
      if (key === 'schema') requireSchema(name, fields.get(key));
      if (fields.size > MOST_FIELDS) throw noPayload(name, `it has over ${MOST_FIELDS} fields`);
    }
  } while (await text.takes(','));
  await text.require('}');
  return { fields: Object.fromEntries(fields), hasDomains };
}

async function readList(text: JsonText, onEach: (piece: JsonPiece) => Promise<void>): Promise<void> {
  await text.require('[');
  if (await text.takes(']')) return;
  do await onEach(await text.value(MOST_DOMAIN));
  while (await text.takes(','));
  await text.require(']');
}

/** What follows the first line of ndjson. */
async function readLines(
  text: JsonText,
  onDomain: (domain: JsonPiece) => Promise<void>,
): Promise<Pick<Parts, 'tail' | 'line'>> {
  let last = text.line;
  for (;;) {
    if ((await text.peek()) === '') throw text.cutOff('before its last line, which has the checksum');
    const piece = await text.value(MOST_DOMAIN);
    if (piece.line === last)
      throw text.wrong('a second value on the line: ndjson has one a line', piece.line);
    if (piece.endLine !== piece.line)
      throw text.wrong('it goes on in the next: ndjson has one value a line', piece.line);
    last = piece.line;
    if (!isTrailer(piece.value)) await onDomain(piece);
    else if ((await text.peek()) === '') return { tail: piece.value, line: piece.line };
    else throw text.wrong('the payload is over, and something follows');
  }
}

function isTrailer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'checksum' in value && !('hostname' in value);
}

function requireSchema(name: string, schema: unknown): void {
  if (schema === SCHEMA) return;
  if (schema === undefined) throw noPayload(name, 'it has no field "schema"');
  throw new NetgoatError(
    'usage',
    `${name} is of the schema ${JSON.stringify(schema).slice(0, 80)}, not ${SCHEMA}`,
    {
      hint: 'another version of netgoat made it',
    },
  );
}

function noPayload(name: string, why: string): NetgoatError {
  return new NetgoatError('usage', `${name} is no payload: ${why}`, {
    hint: '`netgoat sync show --out FILE` makes one',
  });
}
