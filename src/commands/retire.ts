import { NetgoatError } from '../errors.ts';
import { renderItem } from '../output/formats.ts';
import { inert } from '../output/sanitize.ts';
import { requireScope } from '../queries/access.ts';
import type { Outcome } from './outcome.ts';
import type { Call, RawInput, RetireSpec } from './spec.ts';

/**
 * Takes away what was observed: it is shown and its name asked for, unless there is --yes or --dry-run.
 * @returns what went, or would go.
 * @throws NetgoatError interrupted: another name was typed.
 */
export async function retire(call: Call, spec: RetireSpec, input: RawInput): Promise<Outcome> {
  const { prompter, view, world } = call.context;
  requireScope(call.access, 'write');
  const { name, what = name, nothing, shown, act } = await spec.retire(call, input);
  if (nothing !== undefined) return { ...shown, note: nothing };
  if (input['dryRun']) return { ...shown, note: `Would remove ${inert(what)}` };
  if (!input['yes']) {
    const columns = shown.columns.filter(({ header }) => header !== '');
    world.stderr.write(await renderItem('table', shown.row, columns, view));
    if (
      !(await prompter.confirmName(
        `Type ${inert(name)} to remove ${what === name ? 'it' : inert(what)}:`,
        name,
      ))
    ) {
      throw new NetgoatError('interrupted', 'not confirmed, nothing was removed');
    }
  }
  await act();
  return { ...shown, note: `Removed ${inert(what)}` };
}
