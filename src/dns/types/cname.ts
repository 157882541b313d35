import { target } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 1035 3.3.1 */
export const CNAME = defineType<{ target: string }>({
  name: 'CNAME',
  code: 5,
  summary: 'another name for a host',
  fields: { target },
  target: 'target',
  proxiable: true,
});
