import { displayName } from '../../dns/names.ts';
import type { Traffic } from '../../models/analytics-data.ts';
import type { View } from '../../output/columns.ts';
import { byteText, percentText, wholeNumber } from '../../output/numbers.ts';
import { barPlot } from '../../output/plot.ts';
import { inert } from '../../output/sanitize.ts';
import { sparkline } from '../../output/sparkline.ts';
import type { TrafficReport } from '../../queries/analytics.ts';
import { periodLabels } from './view.ts';

const GAP = '  ';
const WIDEST_LINE = 48;
const NARROWEST_LINE = 8;
const NARROWEST_NAME = 12;

/** A line of the picture: what is counted, how much of it, the share that it is of the requests. */
interface Count {
  label: string;
  of(traffic: Traffic): number;
  text(value: number): string;
  share?: true;
  /** Not shown where there is none of it. */
  rare?: true;
  bad?: true;
}

const text = wholeNumber;
const COUNTS: readonly Count[] = [
  { label: 'requests', of: ({ requests }) => requests, text },
  { label: '1xx', of: ({ status }) => status['1xx'], text, share: true, rare: true },
  { label: '2xx', of: ({ status }) => status['2xx'], text, share: true },
  { label: '3xx', of: ({ status }) => status['3xx'], text, share: true },
  { label: '4xx', of: ({ status }) => status['4xx'], text, share: true },
  { label: '5xx', of: ({ status }) => status['5xx'], text, share: true, bad: true },
  { label: '  502', of: ({ badGateway }) => badGateway, text, share: true, bad: true },
  { label: 'cache hits', of: ({ cacheHits }) => cacheHits, text, share: true },
  { label: 'WAF blocks', of: ({ wafBlocked }) => wafBlocked, text, share: true },
  { label: 'bytes in', of: ({ bytesIn }) => bytesIn, text: byteText },
  { label: 'bytes out', of: ({ bytesOut }) => bytesOut, text: byteText },
];

type Paint = (words: string, bad?: boolean) => string;

/**
 * The totals of a report with a line of each over the time, the requests as bars, and the domains with the most of
 * them, as wide as the terminal.
 * @param unicode false draws all of ASCII.
 */
export async function pictureOf(report: TrafficReport, view: View, unicode: boolean): Promise<string> {
  const paint = await painting(view);
  const parts = [
    totalLines(report, view.width, unicode, paint),
    plotLines(report, view.width, unicode),
    topLines(report, view.width, unicode),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `\n${lines.map((line) => `${line.trimEnd()}\n`).join('')}`)
    .join('');
}

async function painting({ color }: View): Promise<Paint> {
  if (!color) return (words) => words;
  const { painter } = await import('../../output/paint.ts');
  const paint = painter(true);
  return (words, bad) => (bad ? paint.red(words) : paint.cyan(words));
}

function totalLines(
  { totals, periods }: TrafficReport,
  width: number,
  unicode: boolean,
  paint: Paint,
): string[] {
  const shown = COUNTS.filter(({ of, rare }) => !rare || of(totals) > 0);
  const cells = shown.map((count) => {
    const value = count.of(totals);
    return [count.label, count.text(value), count.share ? percentText(value, totals.requests) : ''];
  });
  const [label, value, share] = [0, 1, 2].map((column) => longest(cells.map((cell) => cell[column]!)));
  const room = Math.min(WIDEST_LINE, width - label! - value! - share! - 3 * GAP.length);
  return cells.map((cell, row) => {
    const { of, bad } = shown[row]!;
    const start = [cell[0]!.padEnd(label!), cell[1]!.padStart(value!), cell[2]!.padStart(share!)].join(GAP);
    if (room < NARROWEST_LINE || of(totals) === 0) return start;
    return `${start}${GAP}${paint(sparkline(periods.map(of), room, unicode).trimEnd(), bad)}`;
  });
}

function plotLines(report: TrafficReport, width: number, unicode: boolean): string[] {
  const { totals, periods, by } = report;
  if (totals.requests === 0) return [];
  const values = periods.map(({ requests }) => requests);
  const plot = barPlot({ values, labels: periodLabels(report), width, unicode });
  return plot.length === 0 ? [] : [`requests per ${by}`, ...plot];
}

/** The domains with the most requests: the names are cut where there is no room, and the lines are left out. */
function topLines({ top, totals }: TrafficReport, width: number, unicode: boolean): string[] {
  if (top.length === 0) return [];
  const names = top.map(({ domain }) => inert(displayName(domain)));
  const head = ['REQUESTS', 'SHARE', '5XX'];
  const cells = top.map(({ traffic: { requests, status } }) => [
    wholeNumber(requests),
    percentText(requests, totals.requests),
    percentText(status['5xx'], requests),
  ]);
  const widths = head.map((title, column) => longest([title, ...cells.map((cell) => cell[column]!)]));
  const numbers = widths.reduce((sum, each) => sum + each + GAP.length, 0);
  const name = Math.max(NARROWEST_NAME, Math.min(longest(['DOMAIN', ...names]), width - numbers));
  const room = Math.min(WIDEST_LINE, width - name - numbers - GAP.length);
  const lineOf = (start: string, numbersOf: readonly string[], line: string): string =>
    [start.padEnd(name), ...numbersOf.map((cell, at) => cell.padStart(widths[at]!)), line].join(GAP);
  return [
    lineOf('DOMAIN', head, ''),
    ...top.map(({ trend }, row) =>
      lineOf(
        cut(names[row]!, name, unicode),
        cells[row]!,
        room < NARROWEST_LINE ? '' : sparkline(trend, room, unicode),
      ),
    ),
  ];
}

function cut(name: string, width: number, unicode: boolean): string {
  if (name.length <= width) return name;
  return unicode ? `${name.slice(0, width - 1)}…` : `${name.slice(0, width - 3)}...`;
}

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length));
}
