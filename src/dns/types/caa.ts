import { DnsError, quoted } from '../error.ts';
import { encodeString } from '../escapes.ts';
import { characterString, unsigned } from '../fields.ts';
import type { Field } from '../record-type.ts';
import { defineType } from '../record-type.ts';

const tag: Field<string> = {
  read([token]) {
    const name = token?.text ?? '';
    if (!/^[a-z0-9]{1,255}$/i.test(name)) {
      throw new DnsError(
        'caa-tag',
        `The tag of CAA is letters and digits, not ${quoted(name)}`,
        'Such as issue, issuewild or iodef.',
      );
    }
    return name.toLowerCase();
  },
  write: (name) => name,
  octets: (name) => name.length + 1,
  fromWire: (wire) => [encodeString(wire.string())],
};

/** RFC 8659 4.1 */
export const CAA = defineType<{ flags: number; tag: string; value: string }>({
  name: 'CAA',
  code: 257,
  summary: 'who may issue certificates',
  fields: { flags: unsigned(8), tag, value: characterString('to-the-end') },
});
