import { machineRow, type Column } from '../columns.ts';
import { escapeForJson } from '../sanitize.ts';

/** The list as one JSON array, two blanks deep, unsafe characters escaped. */
export function jsonList<T>(rows: T[], columns: Column<T>[]): string {
  return pretty(rows.map((row) => machineRow(row, columns)));
}

/** The row as one JSON object. */
export function jsonItem<T>(row: T, columns: Column<T>[]): string {
  return pretty(machineRow(row, columns));
}

function pretty(value: unknown): string {
  return `${escapeForJson(JSON.stringify(value, null, 2))}\n`;
}
