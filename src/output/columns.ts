/** What a renderer knows of the place it writes to. */
export interface View {
  tty: boolean;
  color: boolean;
  width: number;
  now: Date;
}

/** One field of a row: `value` is what machines read, `text` what a table shows (default: `cellText`). */
export interface Column<T> {
  key: string;
  header: string;
  value(row: T): unknown;
  text?(row: T, view: { tty: boolean; now: Date }): string;
  /** Of the first column: what names the row in the format `name`, where the value alone does not. */
  name?(row: T): string;
  align?: 'left' | 'right';
  /** Sentences: never cut, and shown in blocks, a row each, where there is no room for them. */
  prose?: boolean;
}

/**
 * The JSON-safe form of a value: dates as RFC 3339 in UTC, big integers as numbers where exact and as text
 * where not, ids and other foreign objects as their text; `undefined` and an invalid date become null.
 */
export function machineValue(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(machineValue);
  if (value instanceof Map) return machineValue(Object.fromEntries(value as Map<string, unknown>));
  if (!isPlainObject(value)) return String(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, machineValue(inner)]));
}

/** True for an object that is a bag of fields, false for arrays, dates, ids and other classes. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A row as the machine formats print it: the columns' keys and machine values, in the columns' order. */
export function machineRow<T>(row: T, columns: Column<T>[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column.key, machineValue(column.value(row))]));
}
