import { moveDomain } from '../../changes/domains.ts';
import type { WriteSpec } from '../spec.ts';

export const move: WriteSpec = {
  name: 'move',
  summary: 'hand a domain and all below it to another team',
  effect: 'write',
  args: [
    { name: 'domain', description: 'hostname or id of the domain' },
    { name: 'to', description: 'slug of the team it goes to' },
  ],
  options: [
    { flags: '--team <slug>', description: 'only within these teams; may be repeated', repeat: true },
  ],
  examples: ['netgoat domain move shop.example.com globex'],
  plan: ({ store, access }, input) => moveDomain(store, access, String(input['domain']), String(input['to'])),
};
