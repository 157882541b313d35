import { isPlainObject, machineValue, type Column, type View } from './columns.ts';
import { compareValues, matchesGlob } from './compare.ts';
import { nearest } from './suggest.ts';

/** A filter, sort key or field that the rows do not have; the message lists what they have. Bad usage. */
export class SelectError extends Error {
  override readonly name = 'SelectError';
}

/** What a list command's flags ask for, each as typed: `key=value`, `key!=value`, `key~glob`; `key` or `-key`. */
export interface Selection {
  filter?: string[];
  sort?: string;
  limit?: string;
  fields?: string[];
}

type TableView = Pick<View, 'tty' | 'now'>;

/** Of a value in all its forms. */
type Test = (forms: string[]) => boolean;

const OPERATORS: Record<string, (wanted: string) => Test> = {
  '=': (wanted) => (forms) => forms.includes(wanted),
  '!=': (wanted) => (forms) => !forms.includes(wanted),
  '~': (wanted) => (forms) => forms.some((form) => matchesGlob(form, wanted)),
};

/**
 * Filters (all must hold), sorts, cuts and picks columns, in this order. Keys are the columns' keys, or a path into
 * their value with dots (`tls.status`). A filter takes a value as machines read it or as the table shows it (`3600`,
 * `1h`); a list matches where one of its items does; nothing matches the empty text.
 * Throws SelectError on a key that is not there, a filter without operator, or a limit below 1.
 */
export function selectRows<T>(
  rows: T[],
  columns: Column<T>[],
  selection: Selection,
  view: TableView,
): { rows: T[]; columns: Column<T>[] } {
  const { limit } = selection;
  if (limit !== undefined && !/^0*[1-9]\d*$/.test(limit)) {
    throw new SelectError(`the limit must be a whole number from 1, not "${limit}"`);
  }
  const filtered = (selection.filter ?? []).reduce(
    (kept, filter) => applyFilter(kept, columns, filter, view),
    rows,
  );
  const sorted = selection.sort === undefined ? filtered : applySort(filtered, columns, selection.sort);
  return {
    rows: limit === undefined ? sorted : sorted.slice(0, Number(limit)),
    columns: selection.fields ? [...new Set(selection.fields)].map((key) => resolve(columns, key)) : columns,
  };
}

function applyFilter<T>(rows: T[], columns: Column<T>[], filter: string, view: TableView): T[] {
  const [, key = '', operator = '', wanted = ''] = /^([^=!~]+)(!=|=|~)(.*)$/s.exec(filter) ?? [];
  const test = OPERATORS[operator]?.(wanted);
  if (!test) throw new SelectError(`the filter "${filter}" is none of key=value, key!=value, key~glob`);
  const column = resolve(columns, key.trim());
  const shown = (row: T): string[] => (column.text === undefined ? [] : [column.text(row, view)]);
  return rows.filter((row) => test([...texts(machineValue(column.value(row))), ...shown(row)]));
}

function applySort<T>(rows: T[], columns: Column<T>[], sort: string): T[] {
  const descending = sort.startsWith('-');
  const column = resolve(columns, descending ? sort.slice(1) : sort);
  const keyed = rows.map((row) => ({ row, key: machineValue(column.value(row)) }));
  return keyed.toSorted((a, b) => compareValues(a.key, b.key, descending)).map(({ row }) => row);
}

/** The column of a key; a path into a column's value becomes a column of its own. */
function resolve<T>(columns: Column<T>[], key: string): Column<T> {
  const column = columns.find((candidate) => candidate.key === key);
  if (column) return column;
  const parent = columns
    .filter((candidate) => key.startsWith(`${candidate.key}.`) && key.length > candidate.key.length + 1)
    .toSorted((a, b) => b.key.length - a.key.length)[0];
  if (!parent) throw unknownKey(columns, key);
  const path = key.slice(parent.key.length + 1).split('.');
  return { key, header: key, value: (row) => dig(parent.value(row), path) };
}

/** Where the path meets a list, the values in all its items. */
function dig(value: unknown, path: string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(value))
    return /^\d+$/.test(first)
      ? dig(value[Number(first)], rest)
      : value.flatMap((item) => dig(item, path) ?? []);
  if (value instanceof Map) return dig(value.get(first), rest);
  return isPlainObject(value) && Object.hasOwn(value, first) ? dig(value[first], rest) : undefined;
}

function unknownKey<T>(columns: Column<T>[], key: string): SelectError {
  const known = columns.map((column) => column.key);
  const near = nearest(key, known);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new SelectError(`there is no field "${key}".${meant} The fields are ${known.join(', ')}.`);
}

function texts(value: unknown): string[] {
  if (value === null) return [''];
  if (Array.isArray(value)) return value.length === 0 ? [''] : value.flatMap(texts);
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
}
