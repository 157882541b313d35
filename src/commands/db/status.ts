import type { Status } from '../../database/administration.ts';
import { renderList } from '../../output/formats.ts';
import { item } from '../outcome.ts';
import type { DatabaseSpec } from '../spec.ts';
import { countColumns, statusColumns } from './view.ts';

export const status: DatabaseSpec = {
  name: 'status',
  summary: 'show which database it is, its versions, its size, and who is at it',
  effect: 'database',
  examples: ['netgoat db status', 'netgoat db status --db embedded:./data --json version,processes'],
  run: async (context) => {
    const found: Status = await (await context.administration()).status();
    return item(found, statusColumns(found), async (view) =>
      found.collections.length === 0
        ? ''
        : `\n${await renderList('table', found.collections, countColumns, view)}`,
    );
  },
};
