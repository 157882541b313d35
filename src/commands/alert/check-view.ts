import { displayName } from '../../dns/names.ts';
import type { Checked, CheckRow } from '../../observe/check.ts';
import type { Column } from '../../output/columns.ts';

/** What `alert check` says of each alert; fields without a header are for machines. */
export const checkColumns: Column<CheckRow>[] = [
  {
    key: 'domain',
    header: 'domain',
    value: ({ alert }) => alert.domain,
    text: ({ alert }) => displayName(alert.domain),
  },
  { key: 'kind', header: 'kind', value: ({ alert }) => alert.kind },
  { key: 'state', header: 'state', value: ({ state }) => state },
  {
    key: 'seen',
    header: 'seen',
    value: ({ seen }) => seen,
    text: ({ seen, overAt }, { now }) =>
      overAt === null || overAt < now ? seen : `${seen}; over at ${overAt.toISOString()} if it stays so`,
    prose: true,
  },
  {
    key: 'incident',
    header: 'incident',
    value: ({ incident }) => (incident === null ? null : String(incident._id)),
  },
  { key: 'severity', header: '', value: ({ incident }) => incident?.severity ?? null },
  { key: 'overAt', header: '', value: ({ overAt }) => overAt },
  { key: 'event', header: '', value: ({ event }) => event },
  { key: 'team', header: '', value: ({ alert }) => alert.team },
];

/** Incidents that are named where no row names them. */
const MOST_NAMED = 5;

/** What a check comes to: that an incident is open, a rule's or one that was opened by hand, or that all is well. */
export function foundOf({ rows, open }: Checked): { finding: string; next: string } | { note?: string } {
  if (open.length > 0) {
    const shown = new Set(rows.map(({ incident }) => String(incident?._id)));
    const others = open.filter(({ _id }) => !shown.has(String(_id)));
    return {
      finding: `${counted(open.length, 'incident')} ${open.length === 1 ? 'is' : 'are'} open${othersText(others)}`,
      next: 'see `netgoat incident list`; `netgoat incident resolve` ends what was opened by hand',
    };
  }
  if (rows.length === 0) return {};
  const unknown = rows.filter(({ state }) => state === 'unknown').length;
  const note = `${counted(rows.length, 'alert')} checked, no incident is open`;
  return { note: unknown === 0 ? note : `${note}; nothing is known for ${unknown}` };
}

function othersText(others: Checked['open']): string {
  if (others.length === 0) return '';
  const names = others.slice(0, MOST_NAMED).map(({ domain, kind }) => `${displayName(domain)} ${kind}`);
  const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
  return `, of which no alert here tells of ${names.join(', ')}${more}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
