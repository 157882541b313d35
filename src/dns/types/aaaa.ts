import { ipv6 } from '../addresses.ts';
import { defineType } from '../record-type.ts';

/** RFC 3596 2.1 */
export const AAAA = defineType<{ address: string }>({
  name: 'AAAA',
  code: 28,
  summary: 'IPv6 address of a host',
  fields: { address: ipv6 },
  proxiable: true,
  hostOwner: true,
});
