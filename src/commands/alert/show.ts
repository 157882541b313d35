import { showAlert } from '../../queries/alerts.ts';
import { item } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { domainArg, kindArg } from './options.ts';
import { alertFields } from './view.ts';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show one alert',
  effect: 'read',
  args: [domainArg, kindArg],
  examples: ['netgoat alert show shop.example.com bad-gateway-streak'],
  read: async ({ store, access }, { domain, kind }) =>
    item(await showAlert(store, access, String(domain), String(kind)), alertFields),
};
