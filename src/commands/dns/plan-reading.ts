import type { Plan } from '../../changes/plan.ts';
import { planZoneFile } from '../../changes/zone-import.ts';
import type { ZoneImport } from '../../changes/zone-import.ts';
import { allowance, RefusedByRules } from '../../changes/zone-rules.ts';
import type { ZoneReading } from '../../queries/zone-reading.ts';
import type { Call } from '../spec.ts';
import type { ZoneProblem } from './problem-lines.ts';

/** What stands in the way of a file: what could not be read, and what the rules refuse of the rest. */
export interface Refused {
  problems: ZoneProblem[];
  unlisted: number;
  /** Whether all of it could be read. */
  isRead: boolean;
  /** What would let all of it through; each problem has a hint of its own. */
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
    if (!(error instanceof RefusedByRules)) throw error;
    const { findings } = error;
    const hint = isRead ? allowance(findings) : undefined;
    const way = hint === undefined ? {} : { hint };
    return { problems: [...problems, ...findings], unlisted, isRead, ...way };
  }
}
