import { addAlert, alertInput } from '../../changes/alerts.ts';
import { parse } from '../../changes/inputs.ts';
import type { WriteSpec } from '../spec.ts';
import { alertFlags, domainArg, kindArg, withWholePaths } from './options.ts';

export const add: WriteSpec = {
  name: 'add',
  summary: 'watch a domain, and open an incident when something goes wrong',
  effect: 'write',
  args: [domainArg, kindArg],
  options: [...alertFlags, { flags: '--disabled', description: 'keep it, but do not watch yet' }],
  examples: [
    'netgoat alert add shop.example.com bad-gateway-streak --threshold 5 --window 5m',
    'netgoat alert add shop.example.com tls-expiry --threshold 21 --notify env:OPS_WEBHOOK --secret env:OPS_KEY',
  ],
  plan: ({ store, access, context }, { disabled, ...input }) => {
    const settings = withWholePaths(input, context.world.cwd);
    return addAlert(store, access, parse(alertInput, { ...settings, enabled: disabled !== true }));
  },
};
