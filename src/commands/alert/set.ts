import { alertInput, setAlert } from '../../changes/alerts.ts';
import { parse } from '../../changes/inputs.ts';
import type { WriteSpec } from '../spec.ts';
import { alertFlags, domainArg, kindArg } from './options.ts';

export const set: WriteSpec = {
  name: 'set',
  summary: "change an alert's settings",
  effect: 'write',
  args: [domainArg, kindArg],
  options: [
    ...alertFlags,
    { flags: '--no-webhooks', description: 'send it nowhere' },
    { flags: '--no-secret', description: 'sign nothing' },
    { flags: '--enable', description: 'watch' },
    { flags: '--disable', description: 'keep it, but do not watch' },
  ],
  examples: [
    'netgoat alert set shop.example.com error-rate --threshold 10',
    'netgoat alert set shop.example.com downtime --disable --no-webhooks',
    'netgoat alert set shop.example.com downtime --secret file:/etc/netgoat/webhook.key',
  ],
  plan: ({ store, access }, { enable, disable, notify, webhooks, secret, ...input }) => {
    const edits = parse(alertInput, {
      ...input,
      enabled: enable || disable ? enable === true : undefined,
      notify: webhooks === false ? [] : notify,
      secret: secret === false ? null : secret,
    });
    return setAlert(store, access, edits);
  },
};
