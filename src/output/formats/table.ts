import { isPrintableAscii } from '../ascii.ts';
import { cellOf } from '../cells.ts';
import type { Column, View } from '../columns.ts';
import { inert } from '../sanitize.ts';

const GAP = '  ';

/** The list as a borderless table; as one block a row where the terminal is too narrow for the columns. */
export async function tableList<T>(rows: T[], columns: Column<T>[], view: View): Promise<string> {
  if (rows.length === 0 || columns.length === 0) return '';
  const head = columns.map((column) => inert(column.header).toUpperCase());
  const body = rows.map((row) => columns.map((column) => cellOf(row, column, view)));
  const lines = plainLines([head, ...body], columns, view) ?? (await laidOut(head, body, columns, view));
  if (!lines) {
    const { fieldBlock } = await import('./fields.ts');
    return rows.map((row) => fieldBlock(row, columns, view)).join('\n');
  }
  const [first = '', ...others] = lines;
  return [view.color ? await bold(first) : first, ...others].map((line) => `${line}\n`).join('');
}

/**
 * Lines of cells that need nothing but blanks between them: ASCII that fits. It is the usual list, and what
 * measures and lays out any other takes longer to load than the list to read.
 */
function plainLines<T>(cells: string[][], columns: Column<T>[], view: View): string[] | undefined {
  if (!cells.every((row) => row.every(isPrintableAscii))) return undefined;
  const widths = columns.map((_, index) =>
    cells.reduce((most, row) => Math.max(most, row[index]!.length), 1),
  );
  const total = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  if (view.tty && total > view.width) return undefined;
  return cells.map((row) =>
    row
      .map((cell, index) =>
        columns[index]!.align === 'right' ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join(GAP)
      .trimEnd(),
  );
}

async function laidOut<T>(
  head: string[],
  body: string[][],
  columns: Column<T>[],
  view: View,
): Promise<string[] | undefined> {
  const { layOut } = await import('./table-layout.ts');
  return layOut(head, body, columns, view);
}

async function bold(text: string): Promise<string> {
  const { painter } = await import('../paint.ts');
  return painter(true).bold(text);
}
