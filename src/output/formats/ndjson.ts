import { machineRow, type Column } from '../columns.ts';
import { escapeForJson } from '../sanitize.ts';

/** The list as one JSON object a line. */
export function ndjsonList<T>(rows: T[], columns: Column<T>[]): string {
  return rows.map((row) => ndjsonItem(row, columns)).join('');
}

/** The row as one line of JSON. */
export function ndjsonItem<T>(row: T, columns: Column<T>[]): string {
  return `${escapeForJson(JSON.stringify(machineRow(row, columns)))}\n`;
}
