import { showIncident } from '../../queries/incidents.ts';
import { item } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { incidentArgs, incidentOf } from './options.ts';
import { incidentBelow, incidentFields } from './view.ts';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show one incident with its timeline',
  effect: 'read',
  args: incidentArgs,
  examples: [
    'netgoat incident show shop.example.com bad-gateway-streak',
    'netgoat incident show 66f0c2a1 -o json',
  ],
  read: async ({ store, access }, input) => {
    const incident = await showIncident(store, access, incidentOf(input));
    return item(incident, incidentFields, (view) => incidentBelow(incident, view));
  },
};
