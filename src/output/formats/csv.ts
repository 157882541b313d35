import { machineValue, type Column } from '../columns.ts';
import { inert } from '../sanitize.ts';

/** The list as CSV with the columns' keys as its first line (RFC 4180 quoting; lines end in a newline alone). */
export function csvList<T>(rows: T[], columns: Column<T>[]): string {
  const head = columns.map((column) => quote(column.key));
  const body = rows.map((row) => columns.map((column) => quote(plain(machineValue(column.value(row))))));
  return [head, ...body].map((cells) => `${cells.join(',')}\n`).join('');
}

/** The row as CSV: the head and one line. */
export function csvItem<T>(row: T, columns: Column<T>[]): string {
  return csvList([row], columns);
}

/** Lists and objects as JSON, so that every cell reads back without guessing. */
function plain(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function quote(text: string): string {
  const safe = inert(text);
  return /[",]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
