import { recordEdits } from '../../changes/dns-inputs.ts';
import { setRecords } from '../../changes/dns.ts';
import { parse } from '../../changes/inputs.ts';
import type { WriteSpec } from '../spec.ts';
import { domainArg, guardFlags, nameArg, recordFlags, typeArg, valueArg } from './options.ts';

export const set: WriteSpec = {
  name: 'set',
  summary: 'make a set of records exactly these values, change one of them, or change their options',
  effect: 'write',
  args: [domainArg, nameArg, typeArg, { ...valueArg, optional: true }],
  options: [
    {
      flags: '--only <value>',
      description: 'replace this value alone, or change its comment and tags; may be repeated',
      repeat: true,
    },
    ...recordFlags,
    { flags: '--proxied', description: 'traffic goes through the edge; of the whole set' },
    { flags: '--no-proxied', description: 'traffic goes straight to the values; of the whole set' },
    { flags: '--enable', description: 'serve the whole set' },
    { flags: '--disable', description: 'keep the whole set, but do not serve it' },
    { flags: '--no-tags', description: 'take all tags away; of each value named' },
    ...guardFlags,
  ],
  examples: [
    'netgoat dns set shop.example.com www A 192.0.2.12',
    'netgoat dns set shop.example.com www A --ttl 1h --no-proxied',
    'netgoat dns set shop.example.com www A 192.0.2.13 --only 192.0.2.12',
    'netgoat dns set shop.example.com @ MX --only "10 mail.example.net." --comment "the old one"',
  ],
  plan: ({ store, access }, { enable, disable, tags, tag, ...input }) => {
    const enabled = enable || disable ? enable === true : undefined;
    const edits = parse(recordEdits, { ...input, enabled, tag: tags === false ? [] : tag });
    return setRecords(store, access, edits);
  },
};
