import type { Column, View } from './columns.ts';
import { csvItem, csvList } from './formats/csv.ts';
import { jsonItem, jsonList } from './formats/json.ts';
import { nameItem, nameList } from './formats/name.ts';
import { ndjsonItem, ndjsonList } from './formats/ndjson.ts';

interface Format {
  list<T>(rows: T[], columns: Column<T>[], view: View): string | Promise<string>;
  item<T>(row: T, columns: Column<T>[], view: View): string | Promise<string>;
}

/** The output formats; a new one is a file in formats/ and a line here. */
export const formats = {
  // Loaded when used: these bring the width tables and the layout, or all of YAML.
  table: {
    list: async <T>(rows: T[], columns: Column<T>[], view: View) =>
      (await import('./formats/table.ts')).tableList(rows, columns, view),
    item: async <T>(row: T, columns: Column<T>[], view: View) =>
      (await import('./formats/fields.ts')).fieldBlock(row, columns, view),
  },
  json: { list: jsonList, item: jsonItem },
  ndjson: { list: ndjsonList, item: ndjsonItem },
  yaml: {
    list: async <T>(rows: T[], columns: Column<T>[]) =>
      (await import('./formats/yaml.ts')).yamlList(rows, columns),
    item: async <T>(row: T, columns: Column<T>[]) =>
      (await import('./formats/yaml.ts')).yamlItem(row, columns),
  },
  csv: { list: csvList, item: csvItem },
  name: { list: nameList, item: nameItem },
} satisfies Record<string, Format>;

/** Formats that single commands print by themselves. */
const ownFormats = ['github', 'svg'];

/** Every word that names a format of some command. */
export const formatNames: readonly string[] = [...Object.keys(formats), ...ownFormats];

export type FormatName = keyof typeof formats;

/** Many rows in a format. Ends in a newline; empty where a list without rows has nothing to say (table, ndjson, name). */
export async function renderList<T>(
  format: FormatName,
  rows: T[],
  columns: Column<T>[],
  view: View,
): Promise<string> {
  return (formats[format] as Format).list(rows, columns, view);
}

/** One row in a format: a block of fields as table, an object as JSON. Ends in a newline. */
export async function renderItem<T>(
  format: FormatName,
  row: T,
  columns: Column<T>[],
  view: View,
): Promise<string> {
  return (formats[format] as Format).item(row, columns, view);
}
