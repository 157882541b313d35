import { z } from 'zod';
import { duration, parse } from '../../changes/inputs.ts';
import { rollUp, rollupPreview } from '../../observe/rollup.ts';
import type { RolledUp } from '../../observe/rollup.ts';
import { domainsToRollUp } from '../../observe/rollup-scope.ts';
import { HOUR_MS } from '../../observe/traffic.ts';
import type { Column } from '../../output/columns.ts';
import { withProgress } from '../../output/progress.ts';
import { item } from '../outcome.ts';
import type { ObserveSpec } from '../spec.ts';
import { momentText } from './view.ts';

const DAY_SECONDS = 24 * 3_600;
const asked = z.object({
  olderThan: duration.refine((seconds) => seconds >= 3_600, 'must be at least an hour').default(DAY_SECONDS),
});

type Row = RolledUp & { before: Date; left: number };

const columns: Column<Row>[] = [
  { key: 'minutes', header: 'minutes', value: ({ minutes }) => minutes },
  { key: 'hours', header: 'in hours', value: ({ hours }) => hours },
  { key: 'domains', header: 'of domains', value: ({ domains }) => domains },
  { key: 'requests', header: 'requests', value: ({ requests }) => requests },
  {
    key: 'before',
    header: 'before',
    value: ({ before }) => before,
    text: ({ before }) => momentText(before),
  },
  { key: 'left', header: '', value: ({ left }) => left },
];

export const rollup: ObserveSpec = {
  name: 'rollup',
  summary: 'put the minutes of the past together into hours',
  effect: 'observe',
  dryRun: true,
  options: [
    { flags: '--older-than <time>', description: 'minutes of hours that ended so long ago; 24h by default' },
  ],
  examples: [
    'netgoat analytics rollup',
    'netgoat analytics rollup --team acme --older-than 48h',
    'netgoat analytics rollup --dry-run',
  ],
  observe: async ({ store, access, context }, input) => {
    const { olderThan } = parse(asked, { olderThan: input['olderThan'] });
    const now = context.world.now();
    const before = new Date(Math.floor((now.getTime() - olderThan * 1_000) / HOUR_MS) * HOUR_MS);
    const { domains, held } = await domainsToRollUp(store, access, { before, now });
    const scope = { domains, before };
    const done = input['dryRun']
      ? await rollupPreview(store, scope)
      : await withProgress(context.world.stderr, true, ({ report }) =>
          rollUp(store, scope, (minutes) => report('Putting minutes together', minutes)),
        );
    return item({ ...done, before, left: held.length }, columns, undefined, noteOf(input, held.length));
  },
};

function noteOf(input: { dryRun?: unknown }, held: number): { note?: string } {
  const whose = held === 1 ? 'a domain' : `${held} domains`;
  const lines = [
    ...(input.dryRun ? ['Dry run: nothing was written.'] : []),
    ...(held > 0
      ? [`Left out ${whose}: a log is not counted to its end; \`netgoat analytics ingest\` goes on with it`]
      : []),
  ];
  return lines.length === 0 ? {} : { note: lines.join('\n') };
}
