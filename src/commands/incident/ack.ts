import { acknowledgeIncident, remark } from '../../changes/incidents.ts';
import { parse } from '../../changes/inputs.ts';
import type { WriteSpec } from '../spec.ts';
import { incidentArgs, incidentOf, noteFlag } from './options.ts';

export const ack: WriteSpec = {
  name: 'ack',
  summary: 'say that somebody takes care of it',
  effect: 'write',
  args: incidentArgs,
  options: [noteFlag],
  examples: ['netgoat incident ack shop.example.com bad-gateway-streak --note "on it"'],
  plan: ({ store, access, context }, input) =>
    acknowledgeIncident(
      store,
      access,
      incidentOf(input),
      parse(remark, { text: input['note'] }),
      context.world.now(),
    ),
};
