import { newIncident, openIncident } from '../../changes/incidents.ts';
import { parse } from '../../changes/inputs.ts';
import { alertKinds } from '../../models/alert.ts';
import { severities } from '../../models/incident.ts';
import type { WriteSpec } from '../spec.ts';

export const open: WriteSpec = {
  name: 'open',
  summary: 'say that something is wrong with a domain',
  effect: 'write',
  args: [
    { name: 'domain', description: 'hostname or id of the domain' },
    { name: 'kind', description: 'what is wrong', choices: alertKinds },
  ],
  options: [
    { flags: '--message <text>', description: 'what is seen', required: true },
    { flags: '--severity <severity>', description: 'how bad it is; major by default', choices: severities },
  ],
  examples: ['netgoat incident open shop.example.com bad-gateway-streak --message "checkout answers 502"'],
  plan: ({ store, access, context }, input) =>
    openIncident(store, access, parse(newIncident, input), context.world.now()),
};
