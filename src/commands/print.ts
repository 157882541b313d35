import type { Plan } from '../changes/plan.ts';
import type { Context } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import type { Column } from '../output/columns.ts';
import { renderDiff } from '../output/diff.ts';
import type { DiffEntry } from '../output/diff.ts';
import { formats, renderItem, renderList } from '../output/formats.ts';
import type { FormatName } from '../output/formats.ts';
import { inert } from '../output/sanitize.ts';
import { selectRows } from '../output/select.ts';
import { writeChunks } from '../output/stream.ts';
import { entriesOf } from './entries.ts';
import type { Outcome } from './outcome.ts';
import type { Call, RawInput } from './spec.ts';

/** The format asked for: --json, --output, the configuration, else a table. */
function formatOf(context: Context, input: RawInput): FormatName {
  if (input['json'] !== undefined) return 'json';
  const format = input['output'] ?? context.config.output ?? 'table';
  if (typeof format === 'string' && format in formats) return format as FormatName;
  throw new NetgoatError('usage', `there is no output format "${String(format)}"`, {
    hint: `there are ${Object.keys(formats).join(', ')}`,
  });
}

/** Prints what a reading command came to: data on stdout, remarks on stderr. */
export async function printOutcome(context: Context, outcome: Outcome, input: RawInput): Promise<void> {
  const { stdout, stderr } = context.world;
  if (outcome.type === 'text') return void stdout.write(outcome.text);
  if (outcome.type === 'stream') return writeChunks(stdout, outcome.chunks);
  if (input['json'] === '') return void stdout.write(outcome.columns.map(({ key }) => `${key}\n`).join(''));
  const rows = outcome.type === 'list' ? outcome.rows : [outcome.row];
  const selected = selectRows(rows, shown(outcome.columns, context, input), selection(input));
  const format = formatOf(context, input);
  if (outcome.type === 'item') {
    stdout.write(await renderItem(format, selected.rows[0]!, selected.columns, context.view));
    if (format === 'table' && outcome.below) stdout.write(outcome.below(context.view));
    return;
  }
  stdout.write(await renderList(format, selected.rows, selected.columns, context.view));
  if (selected.rows.length === 0 && format === 'table') stderr.write(`${outcome.empty}\n`);
}

/** Fields named by --json come from all there are; a table shows those with a header. */
function shown(columns: Column<never>[], context: Context, input: RawInput): Column<never>[] {
  const narrow =
    formatOf(context, input) === 'table' && input['filter'] === undefined && input['sort'] === undefined;
  return narrow ? columns.filter(({ header }) => header !== '') : columns;
}

function selection(input: RawInput) {
  const { json, filter, sort, limit } = input;
  return {
    ...(typeof json === 'string' ? { fields: json.split(',').map((field) => field.trim()) } : {}),
    ...(filter === undefined ? {} : { filter: filter as string[] }),
    ...(sort === undefined ? {} : { sort: String(sort) }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
}

/** What a writing command came to, before it is printed. */
export interface Result {
  plan: Plan;
  version: number | null;
  dryRun: boolean;
}

/** Prints the Changes of a write: the diff for people, the same as data for machines. */
export async function printChanges(call: Call, input: RawInput, result: Result): Promise<void> {
  const { context } = call;
  const { plan, version, dryRun } = result;
  const { stdout, stderr } = context.world;
  const format = formatOf(context, input);
  const entries = await entriesOf(call, plan.changes);
  const reveal = dryRun ? {} : (plan.reveal ?? {});
  if (format !== 'table') {
    const row = { ...reveal, dryRun, version, changes: entries };
    const columns = Object.keys(row).map((key) => ({
      key,
      header: key,
      value: (each: typeof row) => each[key as never],
    }));
    const changeColumns = ['kind', 'name', 'op', 'team', 'before', 'after'].map((key) => ({
      key: key === 'kind' ? 'kind' : key,
      header: key,
      value: (each: DiffEntry) => each[key as keyof DiffEntry],
    }));
    stdout.write(
      format === 'json' || format === 'yaml' || Object.keys(reveal).length > 0
        ? await renderItem(format, row, columns, context.view)
        : await renderList(
            format,
            entries,
            format === 'name' ? changeColumns.slice(1) : changeColumns,
            context.view,
          ),
    );
    return;
  }
  stdout.write(entries.length === 0 ? '' : renderDiff(entries, context.view));
  for (const [name, value] of Object.entries(reveal)) stdout.write(`${name}: ${inert(value)}\n`);
  stderr.write(remark(entries.length, version, dryRun));
}

function remark(count: number, version: number | null, dryRun: boolean): string {
  if (count === 0) return 'Nothing to change.\n';
  return dryRun ? 'Dry run: nothing was written.\n' : `Done: version ${version}.\n`;
}

/** The diff of a plan, as a question shows it. */
export async function diffText(call: Call, plan: Plan): Promise<string> {
  return renderDiff(await entriesOf(call, plan.changes), call.context.view);
}
