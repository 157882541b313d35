import { thresholdWords } from '../../changes/alert-kinds.ts';
import { displayName } from '../../dns/names.ts';
import { formatTtl } from '../../dns/ttl.ts';
import type { Column } from '../../output/columns.ts';
import type { AlertRow } from '../../queries/alerts.ts';

/** The fields of an alert; those without a header are for machines. */
export const alertColumns: Column<AlertRow>[] = [
  {
    key: 'domain',
    header: 'domain',
    value: ({ domain }) => domain,
    text: ({ domain }) => displayName(domain),
    name: ({ domain, kind }) => `${domain} ${kind}`,
  },
  { key: 'kind', header: 'kind', value: ({ kind }) => kind },
  {
    key: 'threshold',
    header: 'threshold',
    value: ({ threshold }) => threshold,
    text: thresholdWords,
  },
  { key: 'window', header: 'window', value: ({ window }) => window, text: ({ window }) => formatTtl(window) },
  { key: 'notify', header: 'notify', value: ({ notify }) => notify },
  {
    key: 'enabled',
    header: 'enabled',
    value: ({ enabled }) => enabled,
    text: ({ enabled }) => (enabled ? 'yes' : 'no'),
  },
  { key: 'secret', header: '', value: ({ secret }) => secret ?? null },
  { key: 'percent', header: '', value: ({ percent }) => percent === true },
  { key: 'team', header: '', value: ({ team }) => team },
  { key: 'revision', header: '', value: ({ revision }) => revision },
  { key: 'id', header: '', value: ({ _id }) => String(_id) },
];

/** One alert at length. */
export const alertFields: Column<AlertRow>[] = alertColumns.map((column) => ({
  ...column,
  header: column.header || column.key,
}));
