import { alertInput, setAlert } from '../../changes/alerts.ts';
import { parse } from '../../changes/inputs.ts';
import type { WriteSpec } from '../spec.ts';
import { alertFlags, domainArg, kindArg, withWholePaths } from './options.ts';

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
  plan: ({ store, access, context }, { enable, disable, webhooks, ...input }) => {
    const { secret, ...settings } = withWholePaths(input, context.world.cwd);
    const edits = parse(alertInput, {
      ...settings,
      enabled: enable || disable ? enable === true : undefined,
      ...(webhooks === false ? { notify: [] } : {}),
      secret: secret === false ? null : secret,
    });
    return setAlert(store, access, edits);
  },
};
