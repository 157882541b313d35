import { target, unsigned } from '../fields.ts';
import { defineType } from '../record-type.ts';
import { serviceParameters } from '../service-parameters.ts';

/** RFC 9460 2; priority 0 is an alias, the target `.` the owner itself. */
export const HTTPS = defineType<{ priority: number; target: string; params: string[] }>({
  name: 'HTTPS',
  code: 65,
  summary: 'how a web site is reached: protocols, hints',
  fields: { priority: unsigned(16), target, params: serviceParameters },
  target: 'target',
  pairs: true,
});
