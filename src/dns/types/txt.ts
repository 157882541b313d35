import { strings } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 1035 3.3.14 */
export const TXT = defineType<{ strings: string[] }>({
  name: 'TXT',
  code: 16,
  summary: 'text: SPF, DKIM, DMARC, proofs of ownership',
  fields: { strings },
  rawText: true,
});
