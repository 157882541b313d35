import { alertKinds } from '../../models/alert.ts';
import type { IncidentName } from '../../queries/incidents.ts';
import type { ArgumentSpec, OptionSpec, RawInput } from '../spec.ts';

/** An incident is named by its id, or by the domain and kind of one that is not resolved. */
export const incidentArgs: ArgumentSpec[] = [
  { name: 'incident', description: 'id, or the beginning of one; or the domain' },
  { name: 'kind', description: 'with a domain: of which kind', choices: alertKinds, optional: true },
];

export const noteFlag: OptionSpec = { flags: '--note <text>', description: 'a remark for the timeline' };

/** The incident that the arguments name. */
export function incidentOf({ incident, kind }: RawInput): IncidentName {
  return { incident: String(incident), kind: kind === undefined ? undefined : String(kind) };
}
