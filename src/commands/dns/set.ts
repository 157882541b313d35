import { recordEdits, setRecords } from '../../changes/dns.ts';
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
      description: 'change or replace this value of the set, and keep the others; may be repeated',
      repeat: true,
    },
    ...recordFlags,
    { flags: '--proxied', description: 'traffic goes through the edge' },
    { flags: '--no-proxied', description: 'traffic goes straight to the value' },
    { flags: '--enable', description: 'serve it' },
    { flags: '--disable', description: 'keep it, but do not serve it' },
    { flags: '--no-tags', description: 'take all tags away' },
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
