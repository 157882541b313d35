import { removeAlert } from '../../changes/alerts.ts';
import type { WriteSpec } from '../spec.ts';
import { domainArg, kindArg } from './options.ts';

export const remove: WriteSpec = {
  name: 'remove',
  summary: 'remove an alert; the incidents it opened stay',
  effect: 'remove',
  aliases: ['rm'],
  args: [domainArg, kindArg],
  examples: ['netgoat alert remove shop.example.com downtime --yes'],
  plan: ({ store, access }, { domain, kind }) => removeAlert(store, access, String(domain), String(kind)),
};
