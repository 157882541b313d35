import { target } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 1035 3.3.12 */
export const PTR = defineType<{ target: string }>({
  name: 'PTR',
  code: 12,
  summary: 'name of an address, in a reverse zone',
  fields: { target },
  target: 'target',
});
