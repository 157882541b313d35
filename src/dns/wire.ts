import { DnsError, quoted } from './error.ts';
import { decodeOctets } from './escapes.ts';
import { labelText, readName } from './labels.ts';
import type { Token } from './tokens.ts';

/** So many octets may the data of a record have (RFC 1035 3.2.1). */
export const RDATA_OCTETS = 65_535;

/** Whether the words of a value are generic data: a bare `\#` in front (RFC 3597 5). */
export function isGeneric(tokens: readonly Token[]): boolean {
  return tokens[0]?.text === '\\#' && !tokens[0].quoted;
}

/** The octets of generic data, `\# LENGTH HEX`. Throws `rdata-length`, `hex-invalid`. */
export function readGeneric(tokens: readonly Token[], type: string): Buffer {
  const [, length = '', ...words] = tokens.map((token) => token.text);
  const digits = words.join('');
  const octets = /^[0-9]+$/.test(length) ? Number(length) : RDATA_OCTETS + 1;
  if (!isGeneric(tokens) || octets > RDATA_OCTETS) {
    throw new DnsError(
      'rdata-length',
      `The data of ${type} is written \\# LENGTH HEX, not ${quoted(tokens.map((token) => token.text).join(' '))}`,
      'Such as \\# 4 c0000201.',
    );
  }
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    throw new DnsError(
      'hex-invalid',
      `The data of ${type} is pairs of hex digits, not ${quoted(digits)}`,
      'Two digits make an octet: is one missing?',
    ).about(tokens[2]);
  }
  if (digits.length !== 2 * octets) {
    throw new DnsError(
      'rdata-length',
      `The data of ${type} says ${octets} octets and has ${digits.length / 2}`,
      `Is it whole? Then write \\# ${digits.length / 2}.`,
    ).about(tokens[1]);
  }
  return Buffer.from(digits, 'hex');
}

/** A full name as it stands in data, uncompressed (RFC 1035 3.3). */
export function nameOctets(name: string): Buffer {
  const labels = readName(name).labels.map(decodeOctets);
  return Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)]);
}

/** Takes the fields of a type off its octets, in the order of the wire. */
export class WireReader {
  readonly #octets: Buffer;
  readonly #type: string;
  #at = 0;

  constructor(octets: Buffer, type: string) {
    this.#octets = octets;
    this.#type = type;
  }

  get left(): number {
    return this.#octets.length - this.#at;
  }

  /** The next so many octets. Throws `rdata-length` where fewer are left. */
  take(count: number): Buffer {
    if (count > this.left) {
      throw new DnsError('rdata-length', `The data of ${this.#type} ends within a field`);
    }
    this.#at += count;
    return this.#octets.subarray(this.#at - count, this.#at);
  }

  /** Throws `rdata-length` where something is left. */
  end(): void {
    if (this.left > 0)
      throw new DnsError('rdata-length', `The data of ${this.#type} goes on after its last field`);
  }

  /** An unsigned number of so many octets. */
  number(octets: number): number {
    return this.take(octets).readUIntBE(0, octets);
  }

  /** A character string: a length octet, and so many octets. */
  string(): Buffer {
    return this.take(this.number(1));
  }

  /** A name, uncompressed, in presentation form with its last dot. */
  name(): string {
    let name = '';
    for (let length = this.number(1); length > 0; length = this.number(1)) {
      if (length > 63)
        throw new DnsError('rdata-length', `A name in the data of ${this.#type} is compressed`);
      name += `${labelText(this.take(length))}.`;
    }
    return name === '' ? '.' : name;
  }
}
