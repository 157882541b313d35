import { hex, unsigned } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 4034 5.3 */
export const DS = defineType<{ keyTag: number; algorithm: number; digestType: number; digest: string }>({
  name: 'DS',
  code: 43,
  summary: 'digest of the key of a signed child zone, beside its NS',
  fields: { keyTag: unsigned(16), algorithm: unsigned(8), digestType: unsigned(8), digest: hex },
  digest: { kind: 'digestType', data: 'digest', octets: { 1: 20, 2: 32, 4: 48 } },
});
