import { showRecords } from '../../queries/dns.ts';
import { list } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { domainArg, nameArg, typeArg } from './options.ts';
import { recordDetailColumns } from './view.ts';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show the records of one name',
  effect: 'read',
  args: [domainArg, nameArg, { ...typeArg, optional: true }],
  examples: ['netgoat dns show shop.example.com www', 'netgoat dns show shop.example.com @ MX'],
  read: async ({ store, access }, { domain, name, type }) =>
    list(
      await showRecords(
        store,
        access,
        String(domain),
        String(name),
        type === undefined ? undefined : String(type),
      ),
      recordDetailColumns,
      '',
    ),
};
