import { characterString, target, unsigned } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 3403 4.1; the replacement is `.` where the regular expression is used. */
export const NAPTR = defineType<{
  order: number;
  preference: number;
  flags: string;
  services: string;
  regexp: string;
  replacement: string;
}>({
  name: 'NAPTR',
  code: 35,
  summary: 'rule that rewrites a name, for telephony and ENUM',
  fields: {
    order: unsigned(16),
    preference: unsigned(16),
    flags: characterString('counted'),
    services: characterString('counted'),
    regexp: characterString('counted'),
    replacement: target,
  },
});
