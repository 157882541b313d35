import { target } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 1035 3.3.11 */
export const NS = defineType<{ target: string }>({
  name: 'NS',
  code: 2,
  summary: 'name server of the zone or of a delegated child zone',
  fields: { target },
  target: 'target',
});
