import { machineValue, type Column } from '../columns.ts';
import { inert } from '../sanitize.ts';

/** The first column's values, one a line: what a shell loop reads. */
export function nameList<T>(rows: T[], columns: Column<T>[]): string {
  return rows.map((row) => nameItem(row, columns)).join('');
}

/** The first column's value. */
export function nameItem<T>(row: T, columns: Column<T>[]): string {
  const value = machineValue(columns[0]?.value(row));
  return `${inert(typeof value === 'object' ? JSON.stringify(value) : String(value))}\n`;
}
