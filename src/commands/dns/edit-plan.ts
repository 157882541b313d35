import type { Plan } from '../../changes/plan.ts';
import { planZoneFile } from '../../changes/zone-import.ts';
import type { Guard } from '../../changes/zone-rules.ts';
import type { FileRecord } from '../../dns/master-file/file-record.ts';
import { readMasterFile } from '../../dns/master-file/read.ts';
import type { Finding } from '../../dns/rules.ts';
import { NetgoatError } from '../../errors.ts';
import type { Domain } from '../../models/domain.ts';
import { withProgress } from '../../output/progress.ts';
import { remarkOf } from '../../queries/zone-remark.ts';
import type { Call } from '../spec.ts';
import type { Mark } from './edit-marks.ts';
import { relatedOf } from './problem-lines.ts';
import type { ZoneProblem } from './problem-lines.ts';

/** What an edited text comes to: a plan, null where it says nothing new, or what whoever wrote it can mend; with its
 * plan where it can be shown what it would do. */
type Edited = { plan: Plan | null } | { refused: NetgoatError; marks: Mark[]; plan?: Plan };

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

async function planned({ store, access }: Call, text: string, base: Domain, guard: Guard): Promise<Edited> {
  const records: FileRecord[] = [];
  const { hostname: origin, zone } = base;
  const options = { origin, file: `${origin}.zone`, fallbackTtl: zone.defaultTtl };
  const { problems, unlisted, defaultTtl } = await readMasterFile([text], options, (record) => {
    remarkOf(record);
    records.push(record);
  });
  if (problems.length > 0) return refusedFor(problems, problems.length + unlisted);
  // Who empties the file wants out, as with a message for a commit.
  if (records.length === 0) return { plan: null };
  try {
    const wanted = {
      domain: String(base._id),
      records,
      defaultTtl,
      mode: 'exact',
      withApexNs: true,
    } as const;
    const plan = await planZoneFile(store, access, { ...wanted, ...guard });
    refuseOvertaken(plan, base);
    return plan.refusal === undefined
      ? { plan: plan.changes.length === 0 ? null : plan }
      : { refused: plan.refusal, marks: [markOfAll(plan.refusal)], plan };
  } catch (error) {
    if (!(error instanceof NetgoatError)) throw error;
    const findings = error.details?.['findings'] as Finding[] | undefined;
    if (findings === undefined) throw error;
    return refusedFor(findings, findings.length, error.hint);
  }
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

function refusedFor(problems: readonly ZoneProblem[], count: number, hint?: string): Edited {
  const refused = new NetgoatError('usage', `the zone has ${count} error${count === 1 ? '' : 's'}`, {
    ...(hint === undefined ? {} : { hint }),
    details: { problems },
  });
  return { refused, marks: problems.map(markOf) };
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
