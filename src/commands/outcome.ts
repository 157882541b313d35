import type { ErrorCode } from '../errors.ts';
import type { Column, View } from '../output/columns.ts';

/** What a reading command came to; the printer knows how each is shown. */
export type Outcome =
  | ({ type: 'list'; rows: never[]; columns: Column<never>[]; empty: string; own?: OwnFormat } & Found)
  | Item
  | { type: 'text'; text: string }
  | { type: 'stream'; chunks: AsyncIterable<string> };

/** One thing and its fields. */
type Item = { type: 'item'; row: never; columns: Column<never>[]; below?: Below } & Found;

/** What a check came to, said on stderr after the output. */
interface Found {
  /** That it found something: the exit code is then 7, or that of `code`. */
  finding?: string;
  code?: ErrorCode;
  /** What to do about it. */
  next?: string;
  /** What is worth a line, whatever was found. */
  note?: string;
}

/** How rows are printed in a format that only one command has. */
type OwnFormat = (rows: never[]) => string;

/** What a table shows below an item; the other formats have it as a field. */
type Below = (view: View) => string | Promise<string>;

/** Many rows; `empty` is said on stderr where there are none. */
export function list<T>(rows: T[], columns: Column<T>[], empty: string, found: Found = {}): Outcome {
  return { type: 'list', rows: rows as never[], columns: columns as Column<never>[], empty, ...found };
}

/** What a check found, a row each: anything found is said on stderr too and ends the command with exit code 7. */
export function findings<T>(rows: T[], columns: Column<T>[], finding: string, empty: string): Outcome {
  return list(rows, columns, empty, rows.length > 0 ? { finding } : {});
}

/** Many rows in a format that only this command has; they are filtered, sorted and cut as in any other. */
export function listAs<T>(
  own: (rows: T[]) => string,
  rows: T[],
  columns: Column<T>[],
  found: Found,
): Outcome {
  const shown = list(rows, columns, '', found);
  return { ...shown, own } as Outcome;
}

/** One thing, as a block of fields. */
export function item<T>(row: T, columns: Column<T>[], below?: Below, found: Found = {}): Item {
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
