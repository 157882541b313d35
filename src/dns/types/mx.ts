import { target, unsigned } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 1035 3.3.9; `0 .` says that the name takes no mail (RFC 7505). */
export const MX = defineType<{ preference: number; exchange: string }>({
  name: 'MX',
  code: 15,
  summary: 'mail server, the lowest preference first',
  fields: { preference: unsigned(16), exchange: target },
  target: 'exchange',
  hostOwner: true,
});
