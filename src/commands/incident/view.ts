import { displayName } from '../../dns/names.ts';
import type { Delivery, TimelineEntry } from '../../models/incident.ts';
import { renderList } from '../../output/formats.ts';
import type { Column, View } from '../../output/columns.ts';
import type { IncidentRow, ShownIncident } from '../../queries/incidents.ts';

type Shown = Pick<Delivery, 'id' | 'at' | 'event' | 'target' | 'attempts' | 'deliveredAt' | 'error'> & {
  state: 'delivered' | 'pending' | 'failed';
};

/** The fields of an incident; those without a header are for machines. */
export const incidentColumns: Column<IncidentRow>[] = [
  { key: 'id', header: 'id', value: ({ _id }) => String(_id) },
  {
    key: 'domain',
    header: 'domain',
    value: ({ domain }) => domain,
    text: ({ domain }) => displayName(domain),
  },
  { key: 'kind', header: 'kind', value: ({ kind }) => kind },
  { key: 'severity', header: 'severity', value: ({ severity }) => severity },
  { key: 'status', header: 'status', value: ({ status }) => status },
  { key: 'firstSeen', header: 'first seen', value: ({ firstSeen }) => firstSeen },
  { key: 'lastSeen', header: 'last seen', value: ({ lastSeen }) => lastSeen },
  { key: 'count', header: 'count', value: ({ count }) => count, align: 'right' },
  { key: 'message', header: 'message', value: ({ message }) => message },
  {
    key: 'auto',
    header: '',
    value: ({ auto }) => auto === true,
    text: ({ auto }) => (auto === true ? 'a rule' : 'hand'),
  },
  { key: 'resolvedAt', header: '', value: ({ resolvedAt }) => resolvedAt },
  { key: 'team', header: '', value: ({ team }) => team },
  { key: 'alert', header: '', value: ({ alertId }) => (alertId === null ? null : String(alertId)) },
  { key: 'revision', header: '', value: ({ revision }) => revision },
  {
    key: 'timeline',
    header: '',
    value: ({ timeline }) => timeline.map(({ at, actor, event, text }) => ({ at, actor, event, text })),
  },
  { key: 'deliveries', header: '', value: shownDeliveries },
];

/** What is shown below the fields of an incident. */
const BELOW: readonly string[] = ['timeline', 'deliveries'];

const HEADERS: Record<string, string> = { auto: 'opened by', resolvedAt: 'resolved', seen: 'seen last' };

/** One incident at length. */
export const incidentFields: Column<ShownIncident>[] = [
  ...incidentColumns,
  { key: 'seen', header: '', value: ({ seen }: ShownIncident) => seen },
].map((column) => ({
  ...column,
  header: BELOW.includes(column.key) ? '' : column.header || (HEADERS[column.key] ?? column.key),
}));

/** When it was: beside each other, times are compared and not counted back. */
function exactly({ at }: { at: Date }, { tty }: { tty: boolean }): string {
  return tty ? at.toISOString().replace(/\.\d+Z$/, 'Z') : at.toISOString();
}

const timelineColumns: Column<TimelineEntry>[] = [
  { key: 'at', header: 'at', value: ({ at }) => at, text: exactly },
  { key: 'event', header: 'event', value: ({ event }) => event },
  { key: 'actor', header: 'by', value: ({ actor }) => actor },
  { key: 'text', header: 'text', value: ({ text }) => text, prose: true },
];

const deliveryColumns: Column<Shown>[] = [
  { key: 'at', header: 'at', value: ({ at }) => at, text: exactly },
  { key: 'event', header: 'told', value: ({ event }) => event },
  { key: 'target', header: 'webhook', value: ({ target }) => target },
  { key: 'attempts', header: 'attempts', value: ({ attempts }) => attempts, align: 'right' },
  {
    key: 'state',
    header: 'result',
    value: ({ state }) => state,
    text: ({ state, error }) => (error === null ? state : `${state}: ${error}`),
    prose: true,
  },
];

/** The timeline of an incident and the messages to webhooks, as tables below its fields. */
export async function incidentBelow(incident: IncidentRow, view: View): Promise<string> {
  const timeline = await renderList('table', incident.timeline, timelineColumns, view);
  const deliveries = await renderList('table', shownDeliveries(incident), deliveryColumns, view);
  return [timeline, deliveries].map((table) => (table === '' ? '' : `\n${table}`)).join('');
}

function shownDeliveries({ deliveries = [] }: IncidentRow): Shown[] {
  return deliveries.map(({ id, at, event, target, attempts, deliveredAt, error, due }) => {
    const state = deliveredAt !== null ? 'delivered' : due === null ? 'failed' : 'pending';
    return { id, at, event, target, state, attempts, deliveredAt, error };
  });
}
