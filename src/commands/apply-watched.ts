import { applyPlan } from '../changes/apply.ts';
import type { Applied } from '../changes/apply.ts';
import type { Authorship } from '../changes/history.ts';
import type { Plan } from '../changes/plan.ts';
import { interruptionLine, withNotice } from '../interruption.ts';
import type { ChangeSet } from '../models/change-set.ts';
import { withProgress } from '../output/progress.ts';
import { inert } from '../output/sanitize.ts';
import type { Access } from '../queries/access.ts';
import { mayKnow } from '../queries/unfinished.ts';
import type { Call } from './spec.ts';

/**
 * Writes a plan as `applyPlan` does. A large one shows on a terminal how far it is, and says, interrupted, what becomes
 * of it.
 */
export async function applyWatched(call: Call, plan: Plan, by: Authorship): Promise<Applied> {
  const { context, store, access } = call;
  const { stderr, env } = context.world;
  return withProgress(stderr, env['TERM'] !== 'dumb', async (progress) => {
    let begun: number | undefined;
    const say = (): void => {
      progress.clear();
      stderr.write(begun === undefined ? interruptionLine(stderr, UNKNOWN) : interruptedLines(begun));
    };
    return withNotice(say, () =>
      applyPlan(store, access, plan, by, {
        written: (version, done, of) => {
          begun = version;
          progress.report('Writing', done, of);
        },
        finished: (set) => {
          progress.clear();
          stderr.write(finishedLine(set, access));
        },
      }),
    );
  });
}

/** A small set is written in one transaction, which is there or not. */
const UNKNOWN = ' while it was being written: `netgoat history list` shows whether it was';

function interruptedLines(version: number): string {
  return (
    `\nInterrupted while version ${version} was being written: it is recorded, and the next write finishes it.\n` +
    '  `netgoat history resume` finishes it now; until then `sync` sends nothing of its domains\n'
  );
}

function finishedLine(set: ChangeSet, access: Access): string {
  return mayKnow(access, set)
    ? `Finished the interrupted set ${set.version} (${inert(set.command)})\n`
    : `Finished an interrupted set of changes\n`;
}
