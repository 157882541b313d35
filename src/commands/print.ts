import type { Context } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import { formatNames, renderItem, renderList } from '../output/formats.ts';
import type { FormatName } from '../output/formats.ts';
import { SelectError, selectRows } from '../output/select.ts';
import type { Column } from '../output/columns.ts';
import { writeChunks } from '../output/stream.ts';
import { longName, optionsOf } from './build.ts';
import type { Outcome } from './outcome.ts';
import type { CommandSpec, RawInput } from './spec.ts';

/**
 * The input of a command with the format of the configuration, where none is asked for and the command has that one.
 * @throws NetgoatError usage: no command has it.
 */
export function withConfiguredFormat(context: Context, spec: CommandSpec, input: RawInput): RawInput {
  const { output } = context.config;
  const choices = optionsOf(spec).find((option) => longName(option) === 'output')?.choices;
  const isAsked = input['output'] !== undefined || input['json'] !== undefined;
  if (output === undefined || choices === undefined || isAsked) return input;
  if (choices.includes(output)) return { ...input, output };
  if (formatNames.includes(output)) return input;
  throw new NetgoatError('usage', `there is no output format "${output}"`, {
    hint: `there are ${choices.join(', ')}`,
  });
}

/** The format of lists and items asked for: --json, --output, else a table. */
export function formatOf(input: RawInput): FormatName {
  if (input['json'] !== undefined) return 'json';
  return (input['output'] ?? 'table') as FormatName;
}

/** Prints what a reading command came to: data on stdout, remarks on stderr. */
export async function printOutcome(context: Context, outcome: Outcome, input: RawInput): Promise<void> {
  const { stdout, stderr } = context.world;
  if (outcome.type === 'text') return void stdout.write(outcome.text);
  if (outcome.type === 'stream') return writeChunks(stdout, outcome.chunks);
  if (input['json'] === '') return void stdout.write(outcome.columns.map(({ key }) => `${key}\n`).join(''));
  const rows = outcome.type === 'list' ? outcome.rows : [outcome.row];
  const selected = selectedRows(context, rows, outcome.columns, input);
  if (outcome.type === 'list' && outcome.own) return void stdout.write(outcome.own(selected.rows));
  const format = formatOf(input);
  // A table shows the fields that have a header; filters, sorting and machines know them all.
  if (format === 'table') selected.columns = selected.columns.filter(({ header }) => header !== '');
  if (outcome.type === 'item') {
    stdout.write(await renderItem(format, selected.rows[0]!, selected.columns, context.view));
    if (format === 'table' && outcome.below) stdout.write(await outcome.below(context.view));
    return;
  }
  stdout.write(await renderList(format, selected.rows, selected.columns, context.view));
  if (selected.rows.length > 0 || format !== 'table') return;
  // That there is nothing is not to be said of what is only not shown.
  const empty = rows.length === 0 ? outcome.empty : `None of ${rows.length} matches.`;
  if (empty !== '') stderr.write(`${empty}\n`);
}

/**
 * Looks whether the rows of a command could be printed as asked, before it does what cannot be taken back.
 * @throws NetgoatError usage: a field that is not there, a filter that is none.
 */
export function checkSelection<T>(context: Context, columns: Column<T>[], input: RawInput): void {
  selectedRows<T>(context, [], columns, input);
}

function selectedRows<T>(context: Context, rows: T[], columns: Column<T>[], input: RawInput) {
  try {
    return selectRows(rows, columns, selection(input), context.view);
  } catch (error) {
    if (error instanceof SelectError) throw new NetgoatError('usage', error.message);
    throw error;
  }
}

function selection(input: RawInput) {
  const { json, filter, sort, limit } = input;
  return {
    ...(typeof json === 'string' ? { fields: json.split(',').map((field) => field.trim()) } : {}),
    ...(filter === undefined ? {} : { filter: filter as string[] }),
    ...(sort === undefined ? {} : { sort: String(sort) }),
    ...(limit === undefined ? {} : { limit: String(limit) }),
  };
}
