import { showDomain } from '../../queries/domains.ts';
import { item } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { tlsColumns } from './view.ts';

export const tlsShow: ReadSpec = {
  name: 'show',
  summary: "show a domain's TLS",
  effect: 'read',
  args: [{ name: 'domain', description: 'hostname or id of the domain' }],
  examples: ['netgoat domain tls show shop.example.com'],
  read: async ({ store, access }, input) =>
    item(await showDomain(store, access, String(input['domain'])), tlsColumns),
};
