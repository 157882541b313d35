import { displayName } from '../../dns/names.ts';
import type { Domain } from '../../models/domain.ts';
import type { Summary } from '../../observe/ingest/summary.ts';
import type { Column } from '../../output/columns.ts';
import { byteText, wholeNumber } from '../../output/numbers.ts';
import { inert } from '../../output/sanitize.ts';
import { momentText } from './view.ts';

const MOST_DOMAINS = 5;

const FORMATS = 'it reads NCSA and JSON access logs, and reports of edges, a line each; `-` reads a pipe';
const ADD_DOMAIN = '`netgoat domain add` adds one; the log can be counted then';

/** What came of reading a log, as one thing. */
export const summaryColumns: Column<Summary>[] = [
  { key: 'lines', header: 'lines', value: ({ lines }) => lines },
  { key: 'counted', header: 'requests', value: ({ counted }) => counted },
  { key: 'reports', header: 'reports', value: ({ reports }) => reports },
  { key: 'reportsAgain', header: 'reports counted before', value: ({ reportsAgain }) => reportsAgain },
  { key: 'malformed', header: 'malformed lines', value: ({ malformed }) => malformed },
  { key: 'unknownHosts', header: 'of unknown hosts', value: ({ unknownHosts }) => unknownHosts },
  { key: 'again', header: 'bytes counted before', value: ({ again }) => again },
  { key: 'left', header: 'bytes left', value: ({ left }) => left },
  { key: 'from', header: 'from', value: ({ from }) => from, text: ({ from }) => momentText(from) },
  { key: 'to', header: 'to', value: ({ to }) => to, text: ({ to }) => momentText(to) },
  { key: 'domains', header: 'domains', value: ({ domains }) => domains, text: domainsText },
];

function domainsText({ domains }: Summary): string {
  const first = domains
    .slice(0, MOST_DOMAINS)
    .map(({ domain, requests }) => `${displayName(domain)} ${requests.toLocaleString('en-US')}`);
  const more = domains.length - first.length;
  return [...first, ...(more > 0 ? [`${more} more`] : [])].join(', ') || 'none';
}

/** What of a log was not counted, or twice, in lines to be shown on a terminal. */
export function* warningsOf(summary: Summary): Generator<string> {
  const { malformed, unknownHosts, shown, left, repeated } = summary;
  if (repeated > 0) {
    yield `--as-new: ${byteText(repeated)} of it had been counted before, and count once more`;
  }
  for (const { line, why, text } of shown.malformed) {
    yield `line ${line} does not count: ${inert(why)}${text === '' ? '' : `: ${inert(text)}`}`;
  }
  const more = malformed - shown.malformed.length;
  if (more > 0) yield more === 1 ? '1 more such line' : `${wholeNumber(more)} more such lines`;
  const named = shown.unknownHosts.filter((host) => host !== '');
  if (unknownHosts > 0 && named.length > 0) {
    const requests = unknownHosts === 1 ? '1 request was' : `${wholeNumber(unknownHosts)} requests were`;
    yield `${requests} of hosts without a domain within reach, such as ${named.map(inert).join(', ')}`;
  }
  if (shown.unknownHosts.includes(''))
    yield 'lines without a host do not count: --domain says whose they are';
  if (left > 0) yield `the last line has no end yet, and is left for the next time`;
}

/**
 * That a log was read in vain, and what to do about it: nothing of it counts, now or before. Null for one that is empty,
 * or of which there is nothing new.
 */
export function inVain(
  { lines, counted, reports, reportsAgain, unknownHosts, again, shown }: Summary,
  domain: Domain | null,
): { finding: string; next: string } | null {
  if (lines === 0 || again > 0 || counted + reports + reportsAgain > 0) return null;
  if (unknownHosts === 0) return { finding: 'no line was understood, nothing was counted', next: FORMATS };
  if (domain !== null) {
    const next = 'without --domain, hosts say which domain each line is of';
    return { finding: `no line is of ${displayName(domain.hostname)}, nothing was counted`, next };
  }
  const named = shown.unknownHosts.some((host) => host !== '');
  return named
    ? { finding: 'no line is of a domain within reach, nothing was counted', next: ADD_DOMAIN }
    : { finding: 'no line names a host, nothing was counted', next: '--domain says whose they are' };
}
