import { removeDomain } from '../../changes/domains.ts';
import type { WriteSpec } from '../spec.ts';

export const remove: WriteSpec = {
  name: 'remove',
  summary: 'remove a domain with its records, proxy configuration, alerts, incidents and traffic',
  effect: 'remove',
  aliases: ['rm'],
  args: [{ name: 'domain', description: 'hostname or id of the domain' }],
  examples: [
    'netgoat domain remove shop.example.com --dry-run',
    'netgoat domain remove shop.example.com --yes',
  ],
  plan: ({ store, access }, input) => removeDomain(store, access, String(input['domain'])),
};
