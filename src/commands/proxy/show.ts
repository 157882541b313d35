import { showProxy } from '../../queries/proxy.ts';
import { item } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { domainArgument } from './arguments.ts';
import { proxyColumns } from './view.ts';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show how a domain is served',
  effect: 'read',
  args: [domainArgument],
  examples: ['netgoat proxy show shop.example.com', 'netgoat proxy show shop.example.com -o yaml'],
  read: async ({ store, access }, input) =>
    item(await showProxy(store, access, String(input['domain'])), proxyColumns),
};
