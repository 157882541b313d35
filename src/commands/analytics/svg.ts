import { displayName } from '../../dns/names.ts';
import { statusClasses } from '../../models/analytics-data.ts';
import { byteText, percentText, wholeNumber } from '../../output/numbers.ts';
import { barsSvg } from '../../output/svg.ts';
import type { TrafficReport } from '../../queries/analytics.ts';
import { minuteText } from './view.ts';

/** Of each class of answers; told apart by who sees no red or green too. */
const COLORS = {
  '1xx': '#8c959f',
  '2xx': '#2f81f7',
  '3xx': '#76b7f2',
  '4xx': '#e3a008',
  '5xx': '#c2255c',
} as const;

/** The requests of a report as a picture: a bar a period, made of the classes of their answers. */
export function svgOf(report: TrafficReport): string {
  const { periods, by, totals } = report;
  const shown = statusClasses.filter((name) => name !== '1xx' || totals.status[name] > 0);
  return barsSvg({
    title: `${nameOf(report)}: requests and how they were answered`,
    description: wordsOf(report),
    layers: shown.map((name) => ({
      name,
      color: COLORS[name],
      values: periods.map(({ status }) => status[name]),
    })),
    caption: captionOf(report),
    labels: periods.map(({ from }) => (by === 'day' ? minuteText(from).slice(0, 10) : minuteText(from))),
  });
}

function nameOf({ domain, team }: TrafficReport): string {
  if (domain !== null) return displayName(domain);
  return team === null ? 'All domains' : `Domains of ${team}`;
}

function captionOf({ from, until, totals: { requests, status, cacheHits } }: TrafficReport): string {
  const share = (part: number): string => percentText(part, requests) || '0 %';
  return [
    `${minuteText(from)} to ${minuteText(until)} UTC`,
    `${wholeNumber(requests)} requests`,
    `${share(status['5xx'])} of them 5xx`,
    `${share(cacheHits)} from the cache`,
  ].join(' · ');
}

function wordsOf({ from, until, totals }: TrafficReport): string {
  const { requests, status, badGateway, cacheHits, wafBlocked, bytesIn, bytesOut } = totals;
  const share = (part: number): string => `${wholeNumber(part)} (${percentText(part, requests) || '0 %'})`;
  return [
    `${minuteText(from)} to ${minuteText(until)} UTC: ${wholeNumber(requests)} requests`,
    ...statusClasses.map((name) => `${name} ${share(status[name])}`),
    `502 ${share(badGateway)}`,
    `cache hits ${share(cacheHits)}`,
    `WAF blocks ${share(wafBlocked)}`,
    `${byteText(bytesIn)} in`,
    `${byteText(bytesOut)} out`,
  ].join(', ');
}
