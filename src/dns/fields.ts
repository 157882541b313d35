import { isIP } from 'node:net';
import { DnsError, quoted } from './error.ts';
import { decodeOctets, encodeString } from './escapes.ts';
import { readName } from './labels.ts';
import { absoluteName, relativeName, resolveName } from './names.ts';
import type { Field, Place, ReadContext } from './record-type.ts';
import type { Token } from './tokens.ts';
import { nameOctets } from './wire.ts';

function only(tokens: readonly Token[]): string {
  return tokens[0]?.text ?? '';
}

/** An unsigned decimal number of so many bits. */
export function unsigned(bits: 8 | 16 | 32): Field<number> {
  const most = 2 ** bits - 1;
  return {
    read(tokens, { type, field }) {
      const text = only(tokens);
      if (!/^[0-9]+$/.test(text) || Number(text) > most) {
        throw new DnsError(
          'number-range',
          `The ${field} of ${type} is a number from 0 to ${most}, not ${quoted(text)}`,
          'Write digits alone, without sign or unit; is a word missing in front of it?',
        );
      }
      return Number(text);
    },
    write: String,
    octets: () => bits / 8,
    fromWire: (wire) => [String(wire.number(bits / 8))],
  };
}

/** Refuses a target that is an address, and in words one that ends in a number too (`127.1.`): no name does. */
function refuseAddress(text: string, place: Place, context: ReadContext): void {
  if (!/^[0-9a-f.:]+(?:%.*)?$/i.test(text)) return;
  const number = context.source === 'words' && /(?:^|\.)[0-9]+\.$/.test(text);
  if (!number && isIP(text.replace(/\.$/, '')) === 0) return;
  throw new DnsError(
    'target-address',
    `The ${place.field} of ${place.type} is a host name, not the address ${quoted(text)}`,
    place.type === 'CNAME' || place.type === 'ALIAS'
      ? 'Add an A or AAAA record with the address instead.'
      : 'Give the address an A or AAAA record and name that here.',
  );
}

/**
 * A host name, stored absolute with its trailing dot; `@` is the domain.
 *
 * `mail.example.net` without the last dot means `mail.example.net.example.com.` in a master file, which hardly
 * anyone who types it wants. In command-line words it is therefore refused with both spellings, as octoDNS and
 * dnscontrol do; a single label (`mail`) is relative, a full name of the zone itself needs no dot. Files keep
 * the meaning of RFC 1035.
 */
export const target: Field<string> = {
  read(tokens, place, context) {
    const text = only(tokens);
    refuseAddress(text, place, context);
    if (context.source === 'file' || text === '@') return resolveName(text, context.origin);
    const name = readName(text);
    const written = name.labels.join('.');
    if (name.absolute) return `${written}.`;
    if (relativeName(`${written}.`, context.origin) !== undefined) return `${written}.`;
    if (name.labels.length === 1) return resolveName(text, context.origin);
    throw new DnsError(
      'target-dot',
      `The ${place.field} ${quoted(text)} could be ${written}. or ${absoluteName(written, context.origin)}`,
      `Write ${written}. with the dot for the former, the whole name with its dot for the latter.`,
    );
  },
  write: (name) => name,
  octets: (name) => nameOctets(name).length,
  fromWire: (wire) => [wire.name()],
};

const STRING_OCTETS = 255;

function tooLong(octets: number, place: Place, hint?: string): DnsError {
  return new DnsError(
    'text-too-long',
    `${place.type} ${place.field}: ${octets} octets are too many, ${STRING_OCTETS} is the most`,
    hint,
  );
}

/** Character strings, each kept as the escaped ASCII between its quotes, so that every octet survives. */
export const strings: Field<string[]> = {
  rest: 'one-or-more',
  read(tokens, place, context) {
    const parts = tokens.flatMap((token) => splitString(decodeOctets(token.text), place, context));
    return parts.map(encodeString);
  },
  octets: (parts) => parts.reduce((sum, part) => sum + decodeOctets(part).length + 1, 0),
  write: (parts) => parts.map((part) => `"${part}"`).join(' '),
  fromWire(wire) {
    const parts: string[] = [];
    while (wire.left > 0) parts.push(encodeString(wire.string()));
    return parts;
  },
};

function splitString(octets: Buffer, place: Place, context: ReadContext): Buffer[] {
  if (octets.length <= STRING_OCTETS) return [octets];
  if (context.source === 'file') {
    throw tooLong(octets.length, place, 'Split it into several strings: "…" "…".');
  }
  const count = Math.ceil(octets.length / STRING_OCTETS);
  return Array.from({ length: count }, (_, at) =>
    octets.subarray(at * STRING_OCTETS, (at + 1) * STRING_OCTETS),
  );
}

/** Strings as they stand between one pair of quotes, where all but the last are full; else as they are. */
export function joinStrings(parts: readonly string[]): string {
  const splitForLength = parts.slice(0, -1).every((part) => decodeOctets(part).length === STRING_OCTETS);
  return parts.join(splitForLength ? '' : '" "');
}

/** One text, kept as the escaped ASCII between its quotes: 255 octets at most, unless it is the rest of the data. */
export function characterString(extent: 'counted' | 'to-the-end'): Field<string> {
  const counted = extent === 'counted';
  return {
    read(tokens, place) {
      const octets = decodeOctets(only(tokens));
      if (counted && octets.length > STRING_OCTETS) throw tooLong(octets.length, place);
      return encodeString(octets);
    },
    write: (value) => `"${value}"`,
    octets: (value) => decodeOctets(value).length + (counted ? 1 : 0),
    fromWire: (wire) => [encodeString(counted ? wire.string() : wire.take(wire.left))],
  };
}

/** Hex digits to the end of the value, in as many words as one likes; stored as one, in lower case. */
export const hex: Field<string> = {
  rest: 'one-or-more',
  read(tokens, { type, field }) {
    const digits = tokens
      .map((token) => token.text)
      .join('')
      .toLowerCase();
    if (!/^(?:[0-9a-f]{2})+$/.test(digits)) {
      throw new DnsError(
        'hex-invalid',
        `The ${field} of ${type} is pairs of hex digits, not ${quoted(digits)}`,
        digits.length % 2 === 1 ? 'Two digits make an octet: is one missing?' : undefined,
      );
    }
    return digits;
  },
  write: (digits) => digits,
  octets: (digits) => digits.length / 2,
  fromWire: (wire) => [wire.take(wire.left).toString('hex')],
};
