import { machineValue, type Column } from '../columns.ts';
import { inert } from '../sanitize.ts';

/** What names each row, one a line: what a shell loop reads. */
export function nameList<T>(rows: T[], columns: Column<T>[]): string {
  return rows.map((row) => nameItem(row, columns)).join('');
}

/** What names the row: the first column's value, unless the column says it better. */
export function nameItem<T>(row: T, columns: Column<T>[]): string {
  const [first] = columns;
  const value = machineValue(first?.name ? first.name(row) : first?.value(row));
  return `${inert(typeof value === 'object' ? JSON.stringify(value) : String(value))}\n`;
}
