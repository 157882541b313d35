import { showDomain } from '../../queries/domains.ts';
import { item } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { domainFields } from './view.ts';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show one domain',
  effect: 'read',
  args: [{ name: 'domain', description: 'hostname or id of the domain' }],
  examples: ['netgoat domain show shop.example.com'],
  read: async ({ store, access }, input) =>
    item(await showDomain(store, access, String(input['domain'])), domainFields),
};
