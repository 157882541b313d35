import type { Column } from '../output/columns.ts';

/** What a reading command came to; the printer knows how each is shown. */
export type Outcome =
  | { type: 'list'; rows: never[]; columns: Column<never>[]; empty: string }
  | { type: 'item'; row: never; columns: Column<never>[] }
  | { type: 'text'; text: string };

/** Many rows; `empty` is said on stderr where there are none. */
export function list<T>(rows: T[], columns: Column<T>[], empty: string): Outcome {
  return { type: 'list', rows: rows as never[], columns: columns as Column<never>[], empty };
}

/** One thing, as a block of fields. */
export function item<T>(row: T, columns: Column<T>[]): Outcome {
  return { type: 'item', row: row as never, columns: columns as Column<never>[] };
}

/** Text that goes to stdout as it is. */
export function text(content: string): Outcome {
  return { type: 'text', text: content };
}
