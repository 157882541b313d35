import { about, DnsError, quoted } from './error.ts';
import type { Token } from './tokens.ts';
import { isGeneric, RDATA_OCTETS, readGeneric, WireReader } from './wire.ts';

/** Data in so many characters has fewer octets than there may be: a character makes 6 at most, as in `::`. */
const SURELY_SHORT = 8192;

/** The typed fields of one record; which they are, its type says. */
export type RecordData = Record<string, unknown>;

/** Where a value comes from. */
export interface ReadContext {
  readonly origin: string;
  /**
   * `words` of a command line: long strings are split for the user, and a dotted target outside the zone must end
   * in a dot. `file`: exactly what a master file means.
   */
  readonly source: 'words' | 'file';
}

/** The field being read, for messages. */
export interface Place {
  readonly type: string;
  readonly field: string;
}

/** How one field is read from tokens and written back in canonical form. */
export interface Field<T> {
  /** Takes all tokens that are left, not one. */
  readonly rest?: 'one-or-more' | 'any';
  read(tokens: readonly Token[], place: Place, context: ReadContext): T;
  write(value: T): string;
  /** How many octets it has on the wire; not asked of types that are never long. */
  octets?(value: T): number;
  /**
   * The words that the octets of the field are in presentation form, so that data in hex is read like any other;
   * a type without it is known by number only.
   */
  fromWire?(wire: WireReader): string[];
}

export interface RecordType {
  readonly name: string;
  /** The number in the registry of RR types. */
  readonly code: number;
  readonly summary: string;
  /** The fields in the order of presentation form. */
  readonly fields: readonly string[];
  /** How many tokens make a value; undefined where the last field takes the rest. */
  readonly width: number | undefined;
  /** The field that holds a host name. */
  readonly target?: string;
  /** Command-line words are raw text, not presentation form, unless they start with a quote. */
  readonly rawText?: boolean;
  /** Words hold `key="value"` pairs. */
  readonly pairs?: boolean;
  /** An edge can stand in front of it. */
  readonly proxiable?: boolean;
  /** Its owner must be a host name. */
  readonly hostOwner?: boolean;
  /** The digest it carries: the field with its kind, the field with the hex, octets by kind. */
  readonly digest?: {
    readonly kind: string;
    readonly data: string;
    readonly octets: Readonly<Record<number, number>>;
  };
  read(tokens: readonly Token[], context: ReadContext): RecordData;
  write(data: RecordData): string;
}

type Traits = Pick<RecordType, 'target' | 'rawText' | 'pairs' | 'proxiable' | 'hostOwner' | 'digest'>;

interface Definition<T extends RecordData> extends Traits {
  readonly name: string;
  readonly code: number;
  readonly summary: string;
  readonly fields: { readonly [K in keyof T]: Field<T[K]> };
}

/** Makes a record type of its fields, in the order of presentation form. */
export function defineType<T extends RecordData>(definition: Definition<T>): RecordType {
  const { fields, name, code, summary, ...traits } = definition;
  const names = Object.keys(fields);
  const entries = names.map((field) => ({
    field,
    codec: fields[field] as Field<unknown>,
    place: { type: name, field },
  }));
  const rest = entries.at(-1)?.codec.rest;
  const least = rest === 'any' ? names.length - 1 : names.length;

  /** Data in hex of a known type as the words it stands for (RFC 3597 5). */
  function fromHex(tokens: readonly Token[]): Token[] {
    const wire = new WireReader(readGeneric(tokens, name), name);
    const words = entries.flatMap(({ codec }) => codec.fromWire?.(wire) ?? []);
    wire.end();
    const { line = 1, column = 1 } = tokens[0] ?? {};
    return words.map((text) => ({ text, quoted: true, line, column }));
  }

  function read(words: readonly Token[], from: ReadContext): RecordData {
    const inHex = isGeneric(words) && entries[0]?.codec.fromWire !== undefined;
    const tokens = inHex ? fromHex(words) : words;
    const context: ReadContext = inHex ? { origin: from.origin, source: 'file' } : from;
    if (tokens.length < least || (rest === undefined && tokens.length > names.length)) {
      const usage = `${name} takes ${names.join(' ')}`;
      const given = tokens.map((token) => token.text).join(' ');
      const wanted = rest === undefined ? `${names.length}` : `at least ${least}`;
      throw new DnsError(
        'value-fields',
        tokens.length === 0
          ? `${usage}, and nothing is there`
          : `${usage}; ${quoted(given)} has ${tokens.length} of ${wanted}`,
      );
    }
    const data: RecordData = {};
    entries.forEach(({ field, codec, place }, at) => {
      const own = tokens.slice(at, codec.rest === undefined ? at + 1 : undefined);
      data[field] = about(own[0], () => codec.read(own, place, context));
    });
    if (tokens.reduce((sum, { text }) => sum + text.length, 0) > SURELY_SHORT) refuseTooLong(data);
    return data;
  }

  function refuseTooLong(data: RecordData): void {
    const octets = entries.reduce((sum, { field, codec }) => sum + (codec.octets?.(data[field]) ?? 0), 0);
    if (octets <= RDATA_OCTETS) return;
    throw new DnsError(
      'text-too-long',
      `The data of ${name} has ${octets} octets; ${RDATA_OCTETS} is the most`,
      'Make several records of it, or leave some of it out.',
    );
  }

  function write(data: RecordData): string {
    return entries
      .map(({ field, codec }) => codec.write(data[field]))
      .filter((text) => text !== '')
      .join(' ');
  }

  return {
    name,
    code,
    summary,
    ...traits,
    fields: names,
    width: rest === undefined ? names.length : undefined,
    read,
    write,
  };
}
