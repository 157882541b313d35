import { z } from 'zod';
import { parse } from '../../changes/inputs.ts';
import { readsUnicode } from '../../output/terminal-text.ts';
import { readTraffic } from '../../queries/analytics.ts';
import { spanOf, steps } from '../../queries/analytics-period.ts';
import { item, list, text } from '../outcome.ts';
import { formatOf } from '../print.ts';
import type { ReadSpec } from '../spec.ts';
import { moment, timeOf } from './moment.ts';
import { pictureOf } from './picture.ts';
import { svgOf } from './svg.ts';
import { periodColumns, reportFields } from './view.ts';

const asked = z.object({
  since: moment.default({ ago: 24 * 3_600 }),
  until: moment.default({ ago: 0 }),
  by: z.enum(steps).optional(),
});
const NOTHING = 'No traffic in this time: `netgoat analytics ingest` counts logs, and edges report theirs.';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show the traffic of a domain, of a team, or of all',
  effect: 'read',
  args: [{ name: 'domain', description: 'hostname or id of the domain; all by default', optional: true }],
  options: [
    { flags: '--since <time>', description: 'from this time on: 24h (the default) is a day ago; or a date' },
    { flags: '--until <time>', description: 'up to this time; now by default' },
    { flags: '--by <step>', description: 'in periods of this length', choices: steps },
    {
      flags: '-o, --output <format>',
      description: 'how to print',
      choices: ['table', 'json', 'ndjson', 'yaml', 'csv', 'name', 'svg'],
    },
  ],
  examples: [
    'netgoat analytics show shop.example.com --since 3h',
    'netgoat analytics show --team acme --since 30d --by day',
    'netgoat analytics show --team acme --output svg > acme.svg',
  ],
  read: async ({ store, access, context }, input) => {
    const { since, until, by } = parse(asked, {
      since: input['since'],
      until: input['until'],
      by: input['by'],
    });
    const now = context.world.now();
    const isPicture = input['output'] === 'svg' && input['json'] === undefined;
    const format = isPicture ? 'svg' : formatOf(input);
    const domain = input['domain'] === undefined ? undefined : String(input['domain']);
    const span = spanOf(timeOf(since, now), timeOf(until, now), by);
    const report = await readTraffic(store, access, span, domain);
    if (format === 'svg') return text(svgOf(report));
    if (format === 'csv' || format === 'ndjson' || format === 'name') {
      return list(report.periods, periodColumns, '');
    }
    const unicode = readsUnicode(context.world.env);
    return item(
      report,
      reportFields,
      (view) => pictureOf(report, view, unicode),
      report.totals.requests === 0 ? { note: NOTHING } : {},
    );
  },
};
