import type { AlertKind } from '../../models/alert.ts';
import { alertKinds } from '../../models/alert.ts';
import { listAlerts } from '../../queries/alerts.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { domainArg } from './options.ts';
import { alertColumns } from './view.ts';

export const list: ReadSpec = {
  name: 'list',
  summary: 'list the alerts, of one domain or of all',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  args: [{ ...domainArg, optional: true }],
  options: [
    { flags: '--kind <kind>', description: 'only of this kind', choices: alertKinds },
    { flags: '--enabled', description: 'only those that watch' },
    { flags: '--disabled', description: 'only those that do not' },
  ],
  examples: ['netgoat alert list --team acme', 'netgoat alert list shop.example.com -o json'],
  read: async ({ store, access }, { domain, kind, enabled, disabled }) => {
    const alerts = await listAlerts(store, access, {
      ...(domain === undefined ? {} : { domain: String(domain) }),
      ...(kind === undefined ? {} : { kind: kind as AlertKind }),
      ...(enabled === disabled ? {} : { enabled: enabled === true }),
    });
    return listOutcome(alerts, alertColumns, 'No such alerts: `netgoat alert add` makes one.');
  },
};
