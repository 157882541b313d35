import { oldRecords } from '../../changes/dns-inputs.ts';
import { removeRecords } from '../../changes/dns.ts';
import { parse } from '../../changes/inputs.ts';
import type { WriteSpec } from '../spec.ts';
import { domainArg, guardFlags, nameArg, typeArg, valueArg } from './options.ts';

export const remove: WriteSpec = {
  name: 'remove',
  summary: 'remove the records of a name, of one type, or some values',
  effect: 'remove',
  aliases: ['rm'],
  args: [domainArg, nameArg, { ...typeArg, optional: true }, { ...valueArg, optional: true }],
  options: guardFlags,
  examples: [
    'netgoat dns remove shop.example.com www A 192.0.2.11 --yes',
    'netgoat dns remove shop.example.com old --dry-run',
  ],
  plan: ({ store, access }, input) => removeRecords(store, access, parse(oldRecords, input)),
};
