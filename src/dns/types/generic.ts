import { DnsError, quoted } from '../error.ts';
import type { Field, RecordType } from '../record-type.ts';
import { defineType } from '../record-type.ts';

const RDATA_OCTETS = 65_535;

const rdata: Field<string> = {
  rest: 'one-or-more',
  read(tokens, { type }) {
    const [mark, length, ...words] = tokens.map((token) => token.text);
    const digits = words.join('').toLowerCase();
    const octets = /^[0-9]{1,5}$/.test(length ?? '') ? Number(length) : -1;
    if (mark !== '\\#' || octets < 0 || octets > RDATA_OCTETS) {
      throw new DnsError(
        'rdata-length',
        `The data of ${type} is written \\# LENGTH HEX, not ${quoted(tokens.map((token) => token.text).join(' '))}`,
        'Such as \\# 4 c0000201.',
      );
    }
    if (!/^(?:[0-9a-f]{2})*$/.test(digits)) {
      throw new DnsError('hex-invalid', `The data of ${type} is pairs of hex digits, not ${quoted(digits)}`);
    }
    if (digits.length !== 2 * octets) {
      throw new DnsError(
        'rdata-length',
        `The data of ${type} says ${octets} octets and has ${digits.length / 2}`,
      );
    }
    return digits;
  },
  write: (digits) => `\\# ${digits.length / 2}${digits === '' ? '' : ` ${digits}`}`,
};

const made = new Map<number, RecordType>();

/** A type that has no fields of its own here: its data is kept octet by octet (RFC 3597 5). */
export function genericType(code: number): RecordType {
  const known = made.get(code);
  if (known !== undefined) return known;
  const type = defineType<{ rdata: string }>({
    name: `TYPE${code}`,
    code,
    summary: `type number ${code}, data in hex`,
    fields: { rdata },
  });
  made.set(code, type);
  return type;
}
