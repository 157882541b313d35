import { displayName } from '../../dns/names.ts';
import { formatTtl } from '../../dns/ttl.ts';
import type { Column } from '../../output/columns.ts';
import type { RecordRow } from '../../queries/dns.ts';

/** The fields of a record; those without a header are for machines. */
export const recordColumns: Column<RecordRow>[] = [
  {
    key: 'name',
    header: 'name',
    value: (record) => record.name,
    text: ({ name }) => displayName(name),
    // As writes name it, and as the words that `dns remove` takes.
    name: ({ domain, name, type, text }) => `${domain} ${name} ${type} ${text}`,
  },
  { key: 'type', header: 'type', value: (record) => record.type },
  {
    key: 'ttl',
    header: 'ttl',
    value: (record) => record.ttl,
    text: ({ ttl }) => formatTtl(ttl),
    align: 'right',
  },
  {
    key: 'proxied',
    header: 'proxied',
    value: (record) => record.proxied,
    text: ({ proxied }) => (proxied ? 'yes' : 'no'),
  },
  {
    key: 'enabled',
    header: 'enabled',
    value: (record) => record.enabled,
    text: ({ enabled }) => (enabled ? 'yes' : 'no'),
  },
  // Last of what lists show: one long text does not push the rest of every row away.
  { key: 'value', header: 'value', value: (record) => record.text },
  { key: 'comment', header: '', value: (record) => record.comment },
  { key: 'tags', header: '', value: (record) => record.tags },
  { key: 'data', header: '', value: (record) => record.value },
  { key: 'revision', header: '', value: (record) => record.revision },
  { key: 'zoneRevision', header: '', value: (record) => record.zoneRevision },
  { key: 'id', header: '', value: (record) => String(record._id) },
];

/** As a list, with what a single name has room for, and nothing of it cut. */
export const recordDetailColumns: Column<RecordRow>[] = recordColumns.map((column) => {
  if (column.key === 'value') return { ...column, prose: true };
  return column.key === 'comment' || column.key === 'tags' ? { ...column, header: column.key } : column;
});
