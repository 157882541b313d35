import { displayName } from '../../dns/names.ts';
import type { Column } from '../../output/columns.ts';
import type { IncidentRow } from '../../queries/incidents.ts';

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
  { key: 'count', header: 'count', value: ({ count }) => count, align: 'right' },
  { key: 'message', header: 'message', value: ({ message }) => message },
  { key: 'lastSeen', header: '', value: ({ lastSeen }) => lastSeen },
  { key: 'resolvedAt', header: '', value: ({ resolvedAt }) => resolvedAt },
  { key: 'team', header: '', value: ({ team }) => team },
  { key: 'alert', header: '', value: ({ alertId }) => (alertId === null ? null : String(alertId)) },
  { key: 'revision', header: '', value: ({ revision }) => revision },
  {
    key: 'timeline',
    header: '',
    value: ({ timeline }) => timeline.map(({ at, actor, event, text }) => ({ at, actor, event, text })),
  },
];

/** One incident at length. */
export const incidentFields: Column<IncidentRow>[] = incidentColumns.map((column) => ({
  ...column,
  header: column.header || column.key,
}));
