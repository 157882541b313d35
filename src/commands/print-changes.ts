import type { Plan } from '../changes/plan.ts';
import type { Column, View } from '../output/columns.ts';
import { renderDiff } from '../output/diff.ts';
import type { DiffEntry } from '../output/diff.ts';
import { renderItem, renderList } from '../output/formats.ts';
import type { FormatName } from '../output/formats.ts';
import { inert } from '../output/sanitize.ts';
import { entriesOf } from './entries.ts';
import { formatOf } from './print.ts';
import type { Call, RawInput } from './spec.ts';

/** What a writing command came to, before it is printed. */
export interface Result {
  plan: Plan;
  version: number | null;
  dryRun: boolean;
}

const changeColumns: Column<DiffEntry>[] = (['name', 'kind', 'op', 'team', 'before', 'after'] as const).map(
  (key) => ({ key, header: key, value: (entry) => entry[key] }),
);

/** Prints the Changes of a write: the diff for people, the same as data for machines. */
export async function printChanges(call: Call, input: RawInput, result: Result): Promise<void> {
  const { view, world } = call.context;
  const { plan, version, dryRun } = result;
  const format = formatOf(input);
  const entries = await entriesOf(call, plan.changes);
  const reveal = dryRun ? {} : (plan.reveal ?? {});
  if (format === 'table') {
    world.stdout.write(entries.length === 0 ? '' : renderDiff(entries, view));
    for (const [name, value] of Object.entries(reveal)) world.stdout.write(`${name}: ${inert(value)}\n`);
    world.stderr.write(remark(entries.length, version, dryRun));
  } else if (format === 'json' || format === 'yaml' || Object.keys(reveal).length > 0) {
    world.stdout.write(await wholeResult(format, { ...reveal, dryRun, version, changes: entries }, view));
  } else {
    world.stdout.write(await renderList(format, entries, changeColumns, view));
  }
}

/** One value with all there is; what is shown once comes first, so that the format `name` prints it alone. */
function wholeResult(format: FormatName, result: Record<string, unknown>, view: View): Promise<string> {
  const columns = Object.keys(result).map((key) => ({ key, header: key, value: () => result[key] }));
  return renderItem(format, result, columns, view);
}

function remark(count: number, version: number | null, dryRun: boolean): string {
  if (count === 0) return 'Nothing to change.\n';
  return dryRun ? 'Dry run: nothing was written.\n' : `Done: version ${version}.\n`;
}

/** The diff of a plan, as a question shows it on the terminal. */
export async function diffText(call: Call, plan: Plan): Promise<string> {
  return renderDiff(await entriesOf(call, plan.changes), { ...call.context.view, tty: true });
}
