import type { Plan } from '../../changes/plan.ts';
import { planZoneFile } from '../../changes/zone-import.ts';
import type { ZoneImport } from '../../changes/zone-import.ts';
import type { Finding } from '../../dns/rules.ts';
import { NetgoatError } from '../../errors.ts';
import type { ZoneReading } from '../../queries/zone-reading.ts';
import type { Call } from '../spec.ts';
import type { ZoneProblem } from './problem-lines.ts';

/** What stands in the way of a file: what could not be read, and what the rules refuse of the rest. */
export interface Refused {
  problems: ZoneProblem[];
  unlisted: number;
  /** Whether all of it could be read. */
  isRead: boolean;
  hint?: string;
}

/**
 * Plans what a file would do to its zone. Where some of it could not be read, the rules see the rest all the same, so
 * that who mends the file is told everything at once, as `dns check` does.
 * @throws NetgoatError as `planZoneFile`, but for what the rules find.
 */
export async function planReading(
  { store, access }: Call,
  { records, defaultTtl, problems, unlisted }: ZoneReading,
  wanted: Omit<ZoneImport, 'records' | 'defaultTtl'>,
): Promise<Plan | Refused> {
  const isRead = problems.length === 0;
  try {
    const plan = await planZoneFile(store, access, { ...wanted, records, defaultTtl });
    return isRead ? plan : { problems, unlisted, isRead };
  } catch (error) {
    if (!(error instanceof NetgoatError) || error.details?.['findings'] === undefined) throw error;
    const { details, hint } = error;
    const findings = details['findings'] as Finding[];
    const way = isRead && hint !== undefined ? { hint } : {};
    return { problems: [...problems, ...findings], unlisted, isRead, ...way };
  }
}
