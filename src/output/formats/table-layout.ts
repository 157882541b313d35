import TableOf from 'cli-table3';
import type { Table } from 'cli-table3';
import { isPrintableAscii } from '../ascii.ts';
import type { Column, View } from '../columns.ts';
import { fitWidths } from '../fit.ts';
import { widthOf, wrap } from '../wrap.ts';

/** cli-table3's layout takes time by the square of the rows, so that long lists are drawn in pieces. */
const PIECE = 40;
const MOST_LINES_OF_A_CELL = 4;
/** Sentences in a narrower column cannot be read. */
const NARROWEST_PROSE = 24;
/** A noncharacter that stands for one column of text, see `drawPiece`. */
const STAND_IN = '\ufdd0';
const EDGES = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'] as const;
const LINES = ['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'] as const;
const BORDERLESS = {
  ...Object.fromEntries([...EDGES, ...LINES].map((name) => [name, ''])),
  middle: '  ',
};

/**
 * The lines of a table whose cells may be of any script and are wrapped to the terminal; columns without any content
 * go where that makes room. Undefined if it is too narrow.
 */
export function layOut<T>(
  head: string[],
  body: string[][],
  columns: Column<T>[],
  view: View,
): string[] | undefined {
  const natural = head.map((title, index) =>
    body.reduce((width, cells) => Math.max(width, widthOf(cells[index] ?? '')), Math.max(widthOf(title), 1)),
  );
  const widths = view.tty ? fitWidths(natural, view.width) : natural;
  const filled = columns.map((_, index) => body.some((cells) => cells[index] !== ''));
  if (widths !== natural && filled.includes(false)) {
    const kept = <C>(cells: C[]): C[] => cells.filter((_, index) => filled[index]);
    return layOut(kept(head), body.map(kept), kept(columns), view);
  }
  const isNarrow = columns.some(
    ({ prose }, index) =>
      prose && widths !== undefined && widths[index]! < Math.min(NARROWEST_PROSE, natural[index]!),
  );
  return widths && !isNarrow ? draw([head, ...body], widths, columns) : undefined;
}

function draw<T>(cells: string[][], widths: number[], columns: Column<T>[]): string[] {
  const aligns = columns.map((column) => column.align ?? 'left');
  const lines: string[] = [];
  for (let start = 0; start < cells.length; start += PIECE) {
    const table = new TableOf({
      chars: BORDERLESS,
      colWidths: widths,
      colAligns: aligns,
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    });
    const piece = cells.slice(start, start + PIECE);
    const wrapped = piece.map((row) =>
      row.map((cell, index) => {
        return wrap(cell, widths[index] ?? 1, columns[index]!.prose ? Infinity : MOST_LINES_OF_A_CELL);
      }),
    );
    lines.push(...drawPiece(table, wrapped));
  }
  return lines;
}

/**
 * Lays the wrapped cells out. cli-table3 measures text by an older width table than ours, so what is not plain
 * ASCII goes through it as a run of stand-ins as wide as the text, which are put back line by line, left to right.
 */
function drawPiece(table: Table, rows: string[][][]): string[] {
  const hidden: string[] = [];
  for (const row of rows) {
    const height = Math.max(...row.map((cell) => cell.length));
    for (let line = 0; line < height; line += 1) {
      hidden.push(...row.map((cell) => cell[line] ?? '').filter((text) => standIn(text) !== text));
    }
    table.push(row.map((cell) => cell.map(standIn).join('\n')));
  }
  const drawn = table.toString().replace(new RegExp(`${STAND_IN}+`, 'g'), () => hidden.shift() ?? '');
  return drawn.split('\n').map((line) => line.trimEnd());
}

function standIn(text: string): string {
  return isPrintableAscii(text) ? text : STAND_IN.repeat(widthOf(text));
}
