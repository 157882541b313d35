import { listDomains } from '../../queries/domains.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { domainColumns } from './view.ts';

export const list: ReadSpec = {
  name: 'list',
  summary: 'list the domains',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  options: [
    { flags: '--tag <tag>', description: 'only with this tag' },
    { flags: '--enabled', description: 'only those that edges are sent' },
    { flags: '--disabled', description: 'only those kept from the edges' },
  ],
  examples: [
    'netgoat domain list --team acme',
    'netgoat domain list --json hostname,tls --filter tls.status=Expired',
  ],
  read: async ({ store, access }, { tag, enabled, disabled }) => {
    const rows = await listDomains(store, access, {
      ...(typeof tag === 'string' ? { tag } : {}),
      ...(enabled || disabled ? { enabled: enabled === true } : {}),
    });
    return listOutcome(
      rows,
      domainColumns,
      'No domains: `netgoat domain add HOSTNAME --team TEAM` adds one.',
    );
  },
};
