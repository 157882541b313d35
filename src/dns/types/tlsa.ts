import { hex, unsigned } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 6698 2.2 */
export const TLSA = defineType<{ usage: number; selector: number; matchingType: number; data: string }>({
  name: 'TLSA',
  code: 52,
  summary: 'certificate of a service (DANE), owned by _port._proto',
  fields: { usage: unsigned(8), selector: unsigned(8), matchingType: unsigned(8), data: hex },
  digest: { kind: 'matchingType', data: 'data', octets: { 1: 32, 2: 64 } },
});
