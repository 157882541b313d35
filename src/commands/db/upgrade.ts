import type { Upgrade } from '../../database/administration.ts';
import { item } from '../outcome.ts';
import { formatOf } from '../print.ts';
import type { DatabaseSpec } from '../spec.ts';
import { upgradeColumns } from './view.ts';

export const upgrade: DatabaseSpec = {
  name: 'upgrade',
  summary: 'bring a database of an older netgoat to the schema of this one',
  effect: 'database',
  change: 'adds',
  examples: ['netgoat db upgrade', 'netgoat db upgrade --dry-run'],
  run: async (context, input) => {
    const dryRun = input['dryRun'] === true;
    const done = await (await context.administration()).upgrade({ dryRun });
    if (formatOf(input) === 'table') context.world.stderr.write(`${remark(done)}\n`);
    return item(done, upgradeColumns);
  },
};

function remark({ from, to, steps, indexes, dryRun }: Upgrade): string {
  if (from === null) return 'Nothing to upgrade: the database is empty, the first write makes it.';
  if (steps.length === 0 && indexes.length === 0) return 'Nothing to upgrade.';
  return dryRun ? 'Dry run: nothing was written.' : `Done: schema ${to}.`;
}
