import { z } from 'zod';
import { integer, parse } from '../../changes/inputs.ts';
import { listHistory } from '../../queries/history.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { historyColumns } from './view.ts';

const DEFAULT_LIMIT = 50;
const flags = z.object({ limit: integer(1, 1_000_000).optional() });

export const list: ReadSpec = {
  name: 'list',
  summary: 'list what was changed, the newest first',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  options: [
    {
      flags: '--limit <n>',
      description: `at most this many; ${DEFAULT_LIMIT} unless --filter or --sort is given`,
    },
  ],
  examples: [
    'netgoat history list --limit 10',
    'netgoat history list --team acme --json version,at,actor,command',
  ],
  read: async ({ store, access, context }, input) => {
    const { limit } = parse(flags, { limit: input['limit'] });
    // A filter or another order is about all there is: what is printed is cut afterwards.
    const whole = input['filter'] !== undefined || input['sort'] !== undefined;
    const most = whole ? undefined : (limit ?? DEFAULT_LIMIT);
    const rows = await listHistory(store, access, most === undefined ? undefined : most + 1);
    if (limit === undefined && most !== undefined && rows.length > most) {
      context.world.stderr.write(`The newest ${most} are shown; --limit shows more.\n`);
    }
    return listOutcome(rows.slice(0, most), historyColumns, 'Nothing was changed yet.');
  },
};
