import type { Field, RecordType } from '../record-type.ts';
import { defineType } from '../record-type.ts';
import { readGeneric } from '../wire.ts';

const rdata: Field<string> = {
  rest: 'one-or-more',
  read: (tokens, { type }) => readGeneric(tokens, type).toString('hex'),
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
