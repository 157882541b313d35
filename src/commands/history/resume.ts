import { interruptedSet, resumeInterrupted } from '../../changes/apply.ts';
import type { ChangeSet } from '../../models/change-set.ts';
import type { Column } from '../../output/columns.ts';
import { list } from '../outcome.ts';
import { formatOf } from '../print.ts';
import type { DatabaseSpec } from '../spec.ts';

const resumedColumns: Column<ChangeSet>[] = [
  { key: 'version', header: 'version', value: ({ version }) => version, align: 'right' },
  { key: 'at', header: 'at', value: ({ at }) => at },
  { key: 'actor', header: 'actor', value: ({ actor }) => actor },
  { key: 'command', header: 'command', value: ({ command }) => command },
  { key: 'count', header: 'changes', value: ({ count }) => count, align: 'right' },
  { key: 'id', header: '', value: ({ _id }) => String(_id) },
];

export const resume: DatabaseSpec = {
  name: 'resume',
  summary: 'finish the set of changes that was interrupted, as the next write would',
  effect: 'database',
  change: 'adds',
  examples: ['netgoat history resume', 'netgoat history resume --dry-run'],
  run: async (context, input) => {
    const store = await context.store();
    const dryRun = input['dryRun'] === true;
    const set = dryRun ? await interruptedSet(store) : await resumeInterrupted(store);
    if (set !== null && formatOf(input) === 'table') {
      const said = dryRun ? 'Dry run: nothing was written.' : `Done: version ${set.version}.`;
      context.world.stderr.write(`${said}\n`);
    }
    return list(set === null ? [] : [set], resumedColumns, 'Nothing was interrupted.');
  },
};
