import type {
  Backup,
  Check,
  CheckedCollection,
  CollectionCount,
  Restore,
  Status,
  Upgrade,
} from '../../database/administration.ts';
import type { Column, View } from '../../output/columns.ts';
import { timeText } from '../../output/times.ts';

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size for people: `12 B`, `3.4 MiB`; nothing where it is not known. */
function sizeText(bytes: number | null): string {
  if (bytes === null) return '';
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${unit === 0 ? bytes : (bytes / 1024 ** unit).toFixed(1)} ${UNITS[unit]}`;
}

function schemaText({ schema }: Status, view: { tty: boolean; now: Date }): string {
  if (schema === null) return 'none yet';
  const { version, current, createdBy, createdAt, upgradedBy } = schema;
  const late =
    version < current ? ` (db upgrade brings it to ${current})` : version > current ? ' (newer)' : '';
  const later = upgradedBy === undefined ? '' : `, upgraded by ${upgradedBy}`;
  return `${version}${late}, made by ${createdBy} ${timeText(createdAt, view)}${later}`;
}

function writerText({ writer }: Status): string {
  if (writer === null) return 'nobody';
  const { holder, version, alive } = writer;
  const [host, pid] = holder.split(':');
  const who = `process ${pid} on ${host}`;
  if (alive) return version === null ? who : `${who}, at version ${version}`;
  const what = version === null ? 'what it began' : `version ${version}`;
  return `${who}, which is gone: \`netgoat history resume\` finishes ${what}, or the next command that writes`;
}

/** What only some databases have. */
const OF_ONE_KIND = new Set(['server', 'deployment', 'format', 'size', 'processes']);

/** The fields of a database; a table leaves out what does not apply to its kind. */
export function statusColumns(status: Status): Column<Status>[] {
  const columns: Column<Status>[] = [
    { key: 'database', header: 'database', value: ({ database }) => database },
    { key: 'kind', header: 'kind', value: ({ kind }) => kind },
    { key: 'server', header: 'server', value: ({ server }) => server },
    { key: 'deployment', header: 'deployment', value: ({ deployment }) => deployment },
    {
      key: 'transactions',
      header: 'transactions',
      value: ({ transactions }) => transactions,
      text: ({ transactions }) => yesNo(transactions),
    },
    { key: 'schema', header: 'schema', value: ({ schema }) => schema, text: schemaText },
    { key: 'format', header: 'format', value: ({ format }) => format },
    { key: 'size', header: 'size', value: ({ size }) => size, text: ({ size }) => sizeText(size) },
    { key: 'version', header: 'version', value: ({ version }) => version },
    { key: 'writer', header: 'writer', value: ({ writer }) => writer, text: writerText },
    {
      key: 'processes',
      header: 'also open in',
      value: ({ processes }) => processes,
      text: ({ processes }) => (processes?.length ? processes.join(', ') : 'no other process'),
    },
    { key: 'collections', header: '', value: ({ collections }) => collections },
  ];
  return columns.map((column) =>
    OF_ONE_KIND.has(column.key) && column.value(status) === null ? { ...column, header: '' } : column,
  );
}

export const countColumns: Column<CollectionCount>[] = [
  { key: 'name', header: 'collection', value: ({ name }) => name },
  { key: 'documents', header: 'documents', value: ({ documents }) => documents, align: 'right' },
];

const sum = (numbers: readonly (number | null)[]): number | null =>
  numbers.includes(null) ? null : numbers.reduce<number>((total, number) => total + number!, 0);

export const checkColumns: Column<Check>[] = [
  { key: 'database', header: 'database', value: ({ database }) => database },
  { key: 'version', header: 'version', value: ({ version }) => version },
  { key: 'schema', header: 'schema', value: ({ schema }) => schema },
  {
    key: 'documents',
    header: 'documents',
    value: ({ collections }) => sum(collections.map(({ documents }) => documents)),
  },
  {
    key: 'bytes',
    header: 'size',
    value: ({ collections }) => sum(collections.map(({ bytes }) => bytes)),
    text: ({ collections }) => sizeText(sum(collections.map(({ bytes }) => bytes))),
  },
  {
    key: 'ok',
    header: 'in order',
    value: ({ findings }) => findings.length === 0,
    text: ({ findings }) => yesNo(findings.length === 0),
  },
  { key: 'damaged', header: '', value: ({ damaged }) => damaged },
  { key: 'collections', header: '', value: ({ collections }) => collections },
  { key: 'findings', header: '', value: ({ findings }) => findings },
];

const NARROW = 72;

const collectionSizes: Column<CheckedCollection>[] = [
  { key: 'name', header: 'collection', value: ({ name }) => name },
  { key: 'documents', header: 'documents', value: ({ documents }) => documents, align: 'right' },
  {
    key: 'bytes',
    header: 'size',
    value: ({ bytes }) => bytes,
    text: ({ bytes }) => sizeText(bytes),
    align: 'right',
  },
];

const entriesByIndex: Column<CheckedCollection> = {
  key: 'indexes',
  header: 'entries of indexes',
  value: ({ indexes }) => indexes,
  text: ({ indexes }) =>
    indexes.map(({ name, entries }) => (entries === null ? name : `${name} ${entries}`)).join(', '),
};

const entries: Column<CheckedCollection> = {
  key: 'entries',
  header: 'entries',
  value: ({ indexes }) => sum(indexes.map((index) => index.entries)),
  align: 'right',
};

/** The sizes of a collection; a narrow terminal has no room for the names of indexes. */
export function sizeColumns({ tty, width }: View): Column<CheckedCollection>[] {
  return [...collectionSizes, tty && width < NARROW ? entries : entriesByIndex];
}

export const upgradeColumns: Column<Upgrade>[] = [
  { key: 'database', header: 'database', value: ({ database }) => database },
  { key: 'from', header: 'from schema', value: ({ from }) => from },
  { key: 'to', header: 'to schema', value: ({ to }) => to },
  { key: 'steps', header: 'steps', value: ({ steps }) => steps },
  { key: 'indexes', header: 'indexes made', value: ({ indexes }) => indexes },
  { key: 'dryRun', header: '', value: ({ dryRun }) => dryRun },
];

type Copied = Omit<Backup, 'bytes'>;

const copyColumns: Column<Copied>[] = [
  { key: 'file', header: 'file', value: ({ file }) => file },
  { key: 'database', header: 'database', value: ({ database }) => database },
  { key: 'version', header: 'version', value: ({ version }) => version },
  { key: 'schema', header: 'schema', value: ({ schema }) => schema },
  { key: 'documents', header: 'documents', value: ({ documents }) => documents },
];

export const backupColumns: Column<Backup>[] = [
  ...copyColumns,
  { key: 'bytes', header: 'size', value: ({ bytes }) => bytes, text: ({ bytes }) => sizeText(bytes) },
];

/** The fields of a restore; a table leaves out the old data where none was put aside. */
export function restoreColumns(done: Restore): Column<Restore>[] {
  return [
    ...copyColumns,
    { key: 'current', header: '', value: ({ current }) => current },
    { key: 'kept', header: done.kept === null ? '' : 'old data', value: ({ kept }) => kept },
    { key: 'dryRun', header: '', value: ({ dryRun }) => dryRun },
  ];
}
