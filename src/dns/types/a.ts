import { ipv4 } from '../addresses.ts';
import { defineType } from '../record-type.ts';

/** RFC 1035 3.4.1 */
export const A = defineType<{ address: string }>({
  name: 'A',
  code: 1,
  summary: 'IPv4 address of a host',
  fields: { address: ipv4 },
  proxiable: true,
  hostOwner: true,
});
