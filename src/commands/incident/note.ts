import { note as noteInput, noteIncident } from '../../changes/incidents.ts';
import { parse } from '../../changes/inputs.ts';
import { alertKinds } from '../../models/alert.ts';
import type { IncidentName } from '../../queries/incidents.ts';
import type { RawInput, WriteSpec } from '../spec.ts';

export const note: WriteSpec = {
  name: 'note',
  summary: 'add a remark to the timeline of an incident',
  effect: 'write',
  args: [
    { name: 'incident', description: 'id, or the beginning of one; or the domain and then the kind' },
    { name: 'text', description: 'the remark', variadic: true },
  ],
  examples: [
    'netgoat incident note shop.example.com bad-gateway-streak "upstream restarted"',
    'netgoat incident note 66f0c2a1 "upstream restarted"',
  ],
  plan: ({ store, access, context }, input) => {
    const { name, text } = split(input);
    return noteIncident(store, access, name, parse(noteInput, { text }), context.world.now());
  },
};

/** After a domain the first word is the kind; after an id all words are the remark. */
function split({ incident, text }: RawInput): { name: IncidentName; text: string } {
  const [first = '', ...rest] = text as string[];
  const isKind = (alertKinds as readonly string[]).includes(first);
  return isKind && !/^[0-9a-f]+$/i.test(String(incident))
    ? { name: { incident: String(incident), kind: first }, text: rest.join(' ') }
    : { name: { incident: String(incident) }, text: [first, ...rest].join(' ') };
}
