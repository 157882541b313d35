import { hex, unsigned } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 4255 3.2, RFC 6594 */
export const SSHFP = defineType<{ algorithm: number; fingerprintType: number; fingerprint: string }>({
  name: 'SSHFP',
  code: 44,
  summary: 'fingerprint of the SSH key of a host',
  fields: { algorithm: unsigned(8), fingerprintType: unsigned(8), fingerprint: hex },
  digest: { kind: 'fingerprintType', data: 'fingerprint', octets: { 1: 20, 2: 32 } },
});
