import { resolveIncident, remark } from '../../changes/incidents.ts';
import { parse } from '../../changes/inputs.ts';
import type { WriteSpec } from '../spec.ts';
import { incidentArgs, incidentOf, noteFlag } from './options.ts';

export const resolve: WriteSpec = {
  name: 'resolve',
  summary: 'say that it is over',
  effect: 'write',
  args: incidentArgs,
  options: [noteFlag],
  examples: ['netgoat incident resolve shop.example.com bad-gateway-streak --note "rolled back"'],
  plan: ({ store, access, context }, input) =>
    resolveIncident(
      store,
      access,
      incidentOf(input),
      parse(remark, { text: input['note'] }),
      context.world.now(),
    ),
};
