import { cellOf, cellText } from '../cells.ts';
import { isPlainObject, type Column, type View } from '../columns.ts';
import { inert } from '../sanitize.ts';
import { widthOf, wrap } from '../wrap.ts';

const INDENT = '  ';
const WIDEST_LABEL = 24;
const NARROWEST_VALUE = 12;

/**
 * One row as "Field  value" lines, the values in one column; nested values and texts of several lines follow their
 * field as indented lines in the manner of YAML. Only on a terminal are long values wrapped.
 */
export function fieldBlock<T>(row: T, columns: Column<T>[], view: View): string {
  const labels = columns.map((column) => inert(column.header));
  const label = Math.min(Math.max(0, ...labels.map(widthOf)), WIDEST_LABEL);
  const lines = columns.flatMap((column, index) => {
    const name = labels[index] ?? '';
    const value = column.value(row);
    if (column.text || !isNested(value)) return oneField(name, label, cellLines(row, column, view), view);
    return [name, ...nestedLines(value, view).map((line) => INDENT + line)];
  });
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function cellLines<T>(row: T, column: Column<T>, view: View): string[] {
  const value = column.value(row);
  if (!column.text && typeof value === 'string' && value.includes('\n')) return textLines(value);
  return [cellOf(row, column, view)];
}

function oneField(name: string, label: number, values: string[], view: View): string[] {
  const start = name + ' '.repeat(Math.max(label - widthOf(name), 0) + INDENT.length);
  const [only = ''] = values;
  if (values.length > 1) return [name, ...values.map((line) => INDENT + line)];
  const room = view.width - widthOf(start);
  if (!view.tty || widthOf(only) <= room) return [start + only];
  if (room < NARROWEST_VALUE)
    return [name, ...wrap(only, Math.max(view.width - 2, 2)).map((line) => INDENT + line)];
  return wrap(only, room).map((line, index) => (index === 0 ? start : ' '.repeat(widthOf(start))) + line);
}

function nestedLines(value: unknown, view: View): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) =>
      scalarOrNested(item, view).map((line, index) => (index === 0 ? '- ' : INDENT) + line),
    );
  }
  const fields =
    value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value as object);
  return fields.flatMap(([key, inner]) => {
    const name = inert(key);
    if (inner === undefined) return [];
    const lines = scalarOrNested(inner, view);
    if (lines.length === 1 && !isNested(inner)) return [`${name}: ${lines[0] ?? ''}`];
    return [`${name}:`, ...lines.map((line) => INDENT + line)];
  });
}

function scalarOrNested(value: unknown, view: View): string[] {
  if (isNested(value)) return nestedLines(value, view);
  return typeof value === 'string' ? textLines(value) : [inert(cellText(value, view))];
}

function textLines(text: string): string[] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(inert);
}

/** Lists of scalars stay on one line where they are a field of their own; empty ones are shown as nothing. */
function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => isPlainObject(item) || Array.isArray(item));
  return value instanceof Map ? value.size > 0 : isPlainObject(value) && Object.keys(value).length > 0;
}
