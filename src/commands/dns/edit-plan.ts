import type { Plan } from '../../changes/plan.ts';
import type { Guard } from '../../changes/zone-rules.ts';
import { NetgoatError } from '../../errors.ts';
import type { Domain } from '../../models/domain.ts';
import { withProgress } from '../../output/progress.ts';
import { readZone } from '../../queries/zone-reading.ts';
import type { Call } from '../spec.ts';
import type { Mark } from './edit-marks.ts';
import { planReading } from './plan-reading.ts';
import type { Refused } from './plan-reading.ts';
import { firstProblems, relatedOf } from './problem-lines.ts';
import type { ZoneProblem } from './problem-lines.ts';

/**
 * What an edited text comes to: a plan, null where it says nothing new, or what whoever wrote it can mend, with a plan
 * where there is something to look at all the same.
 */
type Edited = { plan: Plan | null } | { refused: NetgoatError; marks: Mark[]; unlisted: number; plan?: Plan };

/**
 * Reads an edited zone.
 * @param base the domain at the time when its text was made.
 * @throws NetgoatError conflict: the zone has changed since.
 */
export async function planEdited(call: Call, text: string, base: Domain, guard: Guard): Promise<Edited> {
  const { stderr, env } = call.context.world;
  return withProgress(stderr, env['TERM'] !== 'dumb', (progress) => {
    progress.report('Reading the zone, bytes:', text.length);
    return planned(call, text, base, guard);
  });
}

async function planned(call: Call, text: string, base: Domain, guard: Guard): Promise<Edited> {
  const { hostname: origin, zone } = base;
  const file = { name: `${origin}.zone`, chunks: [text] };
  const reading = await readZone(file, { origin, fallbackTtl: zone.defaultTtl });
  // Who empties the file wants out, as with a message for a commit.
  if (reading.records.length === 0 && reading.problems.length === 0) return { plan: null };
  const wanted = { domain: String(base._id), mode: 'exact', withApexNs: true } as const;
  const found = await planReading(call, reading, { ...wanted, ...guard });
  if (!('changes' in found)) return refusedFor(found);
  refuseOvertaken(found, base);
  if (found.refusal !== undefined)
    return { refused: found.refusal, marks: [markOfAll(found.refusal)], unlisted: 0, plan: found };
  return { plan: found.changes.length === 0 ? null : found };
}

function markOfAll({ message, hint }: NetgoatError): Mark {
  return { message, ...(hint === undefined ? {} : { hint }) };
}

/** Somebody else's changes are not undone by a text that knows nothing of them. */
function refuseOvertaken(plan: Plan, base: Domain): void {
  const domain = plan.changes.find(({ kind }) => kind === 'domain');
  const moved = domain !== undefined && domain.before?.['revision'] !== base.revision;
  if (plan.revision === base.zoneRevision && !moved) return;
  throw new NetgoatError('conflict', `${base.hostname} was changed while you edited it`, {
    hint: 'nothing was written: bring your changes into the zone as it is now',
    details: { read: base.zoneRevision, now: plan.revision },
  });
}

function refusedFor({ problems, unlisted, hint }: Refused): Edited {
  const count = problems.length + unlisted;
  const first = firstProblems(problems);
  const more = count - first.length;
  const refused = new NetgoatError('usage', `the zone has ${count} error${count === 1 ? '' : 's'}`, {
    ...(hint === undefined ? {} : { hint }),
    details: { problems: first, unlisted: more },
  });
  return { refused, marks: first.map(markOf), unlisted: more };
}

function markOf(problem: ZoneProblem): Mark {
  const { place, message, rule, hint } = problem;
  return {
    ...(place === undefined ? {} : { line: place.line }),
    message,
    rule,
    ...(hint === undefined ? {} : { hint }),
    related: relatedOf(problem).map(({ line }) => line),
  };
}
