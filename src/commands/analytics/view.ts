import { displayName } from '../../dns/names.ts';
import { statusClasses } from '../../models/analytics-data.ts';
import type { Traffic } from '../../models/analytics-data.ts';
import type { Column } from '../../output/columns.ts';
import type { Period, TrafficReport } from '../../queries/analytics.ts';
import type { Span } from '../../queries/analytics-period.ts';

/** A traffic report as one thing: tables show what and when, and the rest below it as a picture. */
export const reportFields: Column<TrafficReport>[] = [
  {
    key: 'domain',
    header: 'domain',
    value: ({ domain }) => domain,
    text: ({ domain, domains }) => (domain === null ? `${domains} with traffic` : displayName(domain)),
  },
  { key: 'team', header: 'team', value: ({ team }) => team, text: ({ team }) => team ?? 'all' },
  { key: 'from', header: 'time', value: ({ from }) => from, text: spanText },
  { key: 'to', header: '', value: ({ until }) => until },
  { key: 'by', header: '', value: ({ by }) => by },
  { key: 'domains', header: '', value: ({ domains }) => domains },
  { key: 'totals', header: '', value: ({ totals }) => withRatios(totals) },
  {
    key: 'periods',
    header: '',
    value: ({ periods }) => periods.map(({ from, ...traffic }) => ({ from, ...traffic })),
  },
  {
    key: 'top',
    header: '',
    value: ({ top }) => top.map(({ domain, team, traffic }) => ({ domain, team, ...traffic })),
  },
];

/** One period as a row of a file of them. */
export const periodColumns: Column<Period>[] = [
  { key: 'from', header: 'from', value: ({ from }) => from },
  { key: 'requests', header: 'requests', value: ({ requests }) => requests },
  ...statusClasses.map((name) => ({
    key: name,
    header: name,
    value: ({ status }: Period) => status[name],
  })),
  { key: 'badGateway', header: '502', value: ({ badGateway }) => badGateway },
  { key: 'cacheHits', header: 'cache hits', value: ({ cacheHits }) => cacheHits },
  { key: 'wafBlocked', header: 'WAF blocks', value: ({ wafBlocked }) => wafBlocked },
  { key: 'bytesIn', header: 'bytes in', value: ({ bytesIn }) => bytesIn },
  { key: 'bytesOut', header: 'bytes out', value: ({ bytesOut }) => bytesOut },
];

function withRatios(traffic: Traffic): object {
  const { requests, cacheHits, status } = traffic;
  const share = (part: number) => (requests === 0 ? null : Math.round((part / requests) * 10_000) / 10_000);
  return { ...traffic, cacheHitRatio: share(cacheHits), errorRatio: share(status['5xx']) };
}

function spanText({ from, until, by }: Span): string {
  return `${minuteText(from)} to ${minuteText(until)} UTC, by ${by}`;
}

/** `2026-11-24 18:03`, in UTC as all of it is. */
export function minuteText(time: Date): string {
  return time.toISOString().slice(0, 16).replace('T', ' ');
}

/** When each period begins, as short as tells them apart. */
export function periodLabels({ periods, by }: TrafficReport): string[] {
  const days = new Set(periods.map(({ from }) => from.toISOString().slice(0, 10)));
  const [start, end] = by === 'day' ? [5, 10] : days.size > 2 ? [5, 16] : [11, 16];
  return periods.map(({ from }) => from.toISOString().slice(start, end).replace('T', ' '));
}

/** A minute as a field of its own: it says that it is of UTC, and fits where a table is narrow. */
export function momentText(time: Date | null): string {
  return time === null ? '' : `${minuteText(time)} UTC`;
}
