import type { Context } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import { SelectError } from '../output/select.ts';
import { requireScope } from '../queries/access.ts';
import { askForMissing } from './ask.ts';
import type { Outcome } from './outcome.ts';
import { printOutcome } from './print.ts';
import type { Call, CommandSpec, RawInput } from './spec.ts';

/**
 * Runs one command from what was typed to what is printed.
 * @param path the words of the command, `domain add`; with the actor it goes into history.
 */
export async function execute(
  context: Context,
  spec: CommandSpec,
  typed: RawInput,
  path: string,
): Promise<void> {
  refuseUnasked(context, spec, typed);
  if (typed['json'] === true && spec.effect === 'read') typed = { ...typed, json: '' };
  const input = await askForMissing(context, spec, typed);
  const call: Call = {
    context,
    store: await context.store(),
    access: await context.access(teamsOf(input)),
  };
  if (spec.effect === 'read') {
    requireScope(call.access, 'read', ...(spec.forEdges ? (['edge'] as const) : []));
    await print(context, await spec.read(call, input), input);
  } else {
    // A reading command does not pay for the write path.
    const { writeThrough } = await import('./write-through.ts');
    await writeThrough(call, spec, input, path);
  }
}

/** Nobody to ask and no --yes: refused before the database is opened. */
function refuseUnasked(context: Context, spec: CommandSpec, input: RawInput): void {
  if (spec.effect !== 'remove' || input['yes'] || input['dryRun'] || context.prompter.interactive) return;
  throw new NetgoatError('usage', 'this removes something and there is nobody to ask', {
    hint: 'add --yes to go ahead, or --dry-run to see what it would do',
  });
}

function teamsOf(input: RawInput): string[] {
  const team = input['team'];
  return team === undefined ? [] : Array.isArray(team) ? team : [String(team)];
}

async function print(context: Context, outcome: Outcome, input: RawInput): Promise<void> {
  try {
    await printOutcome(context, outcome, input);
  } catch (error) {
    if (error instanceof SelectError) throw new NetgoatError('usage', error.message);
    throw error;
  }
  if (outcome.type === 'list' && outcome.finding !== undefined && input['json'] !== '') {
    throw new NetgoatError('finding', outcome.finding);
  }
}
