import { isPlainObject, machineValue, type Column } from './columns.ts';
import { inert } from './sanitize.ts';
import { timeText } from './times.ts';

type CellView = { tty: boolean; now: Date };

/** The inert one-line text of a row's column in a table. */
export function cellOf<T>(row: T, column: Column<T>, view: CellView): string {
  return inert(column.text ? column.text(row, view) : cellText(column.value(row), view));
}

/** A value as one line for people: nothing for null, times by `timeText`, lists joined, objects as JSON. */
export function cellText(value: unknown, view: CellView): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return timeText(value, view);
  if (Array.isArray(value)) {
    return value.some((item) => isPlainObject(item) || Array.isArray(item))
      ? JSON.stringify(machineValue(value))
      : value.map((item) => cellText(item, view)).join(', ');
  }
  if (isPlainObject(value) || value instanceof Map) return JSON.stringify(machineValue(value));
  return String(value);
}
