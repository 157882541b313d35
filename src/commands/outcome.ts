import type { Column, View } from '../output/columns.ts';

/** What a reading command came to; the printer knows how each is shown. */
export type Outcome =
  | ({ type: 'list'; rows: never[]; columns: Column<never>[]; empty: string } & Found)
  | ({ type: 'item'; row: never; columns: Column<never>[]; below?: Below } & Found)
  | { type: 'text'; text: string }
  | { type: 'stream'; chunks: AsyncIterable<string> };

/** That a check found something, and what to do next: said on stderr, and the exit code is 7. */
interface Found {
  finding?: string;
  next?: string;
}

/** What a table shows below an item; the other formats have it as a field. */
type Below = (view: View) => string | Promise<string>;

/** Many rows; `empty` is said on stderr where there are none. */
export function list<T>(rows: T[], columns: Column<T>[], empty: string): Outcome {
  return { type: 'list', rows: rows as never[], columns: columns as Column<never>[], empty };
}

/** What a check found, a row each: anything found is said on stderr too and ends the command with exit code 7. */
export function findings<T>(rows: T[], columns: Column<T>[], finding: string, empty: string): Outcome {
  const found = list(rows, columns, empty);
  return found.type === 'list' && rows.length > 0 ? { ...found, finding } : found;
}

/** One thing, as a block of fields. */
export function item<T>(row: T, columns: Column<T>[], below?: Below, found: Found = {}): Outcome {
  const shown = { type: 'item', row: row as never, columns: columns as Column<never>[], ...found } as const;
  return below === undefined ? shown : { ...shown, below };
}

/** Text that goes to stdout as it is. */
export function text(content: string): Outcome {
  return { type: 'text', text: content };
}

/** Text too large to hold, which goes to stdout as it is made. */
export function stream(chunks: AsyncIterable<string>): Outcome {
  return { type: 'stream', chunks };
}
