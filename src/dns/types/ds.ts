import { hex, unsigned } from '../fields.ts';
import type { Field } from '../record-type.ts';
import { defineType } from '../record-type.ts';

/** The names that a master file may give for the numbers (registry of DNSSEC algorithms). */
const ALGORITHMS: Readonly<Record<string, number>> = {
  RSAMD5: 1,
  DH: 2,
  DSA: 3,
  RSASHA1: 5,
  'DSA-NSEC3-SHA1': 6,
  'RSASHA1-NSEC3-SHA1': 7,
  RSASHA256: 8,
  RSASHA512: 10,
  'ECC-GOST': 12,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
  INDIRECT: 252,
  PRIVATEDNS: 253,
  PRIVATEOID: 254,
};

const octet = unsigned(8);

const algorithm: Field<number> = {
  ...octet,
  read: (tokens, place, context) =>
    ALGORITHMS[tokens[0]?.text.toUpperCase() ?? ''] ?? octet.read(tokens, place, context),
};

/** RFC 4034 5.3 */
export const DS = defineType<{ keyTag: number; algorithm: number; digestType: number; digest: string }>({
  name: 'DS',
  code: 43,
  summary: 'digest of the key of a signed child zone, beside its NS',
  fields: { keyTag: unsigned(16), algorithm, digestType: octet, digest: hex },
  digest: { kind: 'digestType', data: 'digest', octets: { 1: 20, 2: 32, 4: 48 } },
});
