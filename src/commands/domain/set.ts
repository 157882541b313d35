import { domainEdits, setDomain } from '../../changes/domains.ts';
import { parse } from '../../changes/inputs.ts';
import type { WriteSpec } from '../spec.ts';

export const set: WriteSpec = {
  name: 'set',
  summary: "change a domain's settings",
  effect: 'write',
  args: [{ name: 'domain', description: 'hostname or id of the domain' }],
  options: [
    { flags: '--waf <on|off>', description: 'whether its WAF rules apply', choices: ['on', 'off'] },
    { flags: '--enable', description: 'send it to the edges' },
    { flags: '--disable', description: 'keep it from the edges' },
    { flags: '--tag <tag>', description: 'its tags from now on; may be repeated', repeat: true },
    { flags: '--no-tags', description: 'take all tags away' },
    { flags: '--note <text>', description: 'a note for people' },
    { flags: '--default-ttl <time>', description: 'TTL of records that name none, such as 5m' },
  ],
  examples: ['netgoat domain set shop.example.com --waf on', 'netgoat domain set shop.example.com --disable'],
  plan: ({ store, access }, input) => {
    const { domain, enable, disable, tags, tag, ...rest } = input;
    const enabled = enable || disable ? enable === true : undefined;
    const edits = parse(domainEdits, { ...rest, enabled, tag: tags === false ? [] : tag });
    return setDomain(store, access, String(domain), edits);
  },
};
