import { target } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** No RFC: answered with the A and AAAA records of its target, as PowerDNS does; the number is the one PowerDNS uses. */
export const ALIAS = defineType<{ target: string }>({
  name: 'ALIAS',
  code: 65401,
  summary: 'addresses of another host, allowed at the apex',
  fields: { target },
  target: 'target',
  proxiable: true,
});
