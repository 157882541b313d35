import type { Context } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import { interruptionLine, withNotice } from '../interruption.ts';
import { requireScope } from '../queries/access.ts';
import { askForMissing } from './ask.ts';
import type { Outcome } from './outcome.ts';
import { printOutcome, withConfiguredFormat } from './print.ts';
import type { Call, CommandSpec, RawInput } from './spec.ts';
import { refuseUnasked } from './unasked.ts';

const WRITES: readonly CommandSpec['effect'][] = ['write', 'remove', 'retire', 'edit'];

/**
 * Runs one command from what was typed to what is printed. Interrupted, it says so, and what becomes of a write.
 * @param path the words of the command, `domain add`; with the actor it goes into history.
 */
export async function execute(
  context: Context,
  spec: CommandSpec,
  typed: RawInput,
  path: string,
): Promise<void> {
  const { stderr } = context.world;
  // A write that begins says otherwise.
  const what = WRITES.includes(spec.effect) ? ', nothing was written' : '';
  const say = (): void => void stderr.write(interruptionLine(stderr, what));
  await withNotice(say, () => executed(context, spec, typed, path));
}

async function executed(context: Context, spec: CommandSpec, typed: RawInput, path: string): Promise<void> {
  if (typed['json'] === true && !WRITES.includes(spec.effect)) typed = { ...typed, json: '' };
  const input = withConfiguredFormat(context, spec, await askForMissing(context, spec, typed));
  if (spec.effect !== 'database' || !spec.looksFirst) refuseUnasked(context, spec, input);
  if (spec.effect === 'database') {
    refuseToken(context);
    return print(context, await spec.run(context, input), input);
  }
  if (spec.effect === 'inspect') {
    const open = async () => {
      const call = await openCall(context, input);
      requireScope(call.access, 'read');
      await warnOf(call, input);
      return call;
    };
    return print(context, await spec.inspect(context, open, input), input);
  }
  if (spec.effect === 'edit') refuseWithoutTerminal(context, spec.elsewhere, path);
  const call = await openCall(context, input);
  if (spec.effect === 'read') {
    requireScope(call.access, 'read', ...(spec.forEdges ? (['edge'] as const) : []));
    // What is printed as it is, is read as a whole or not at all.
    if (!spec.raw) await warnOf(call, input);
    await print(context, await spec.read(call, input), input);
  } else if (spec.effect === 'observe') {
    requireScope(call.access, 'write');
    await print(context, await spec.observe(call, input), input);
  } else if (spec.effect === 'retire') {
    const { retire } = await import('./retire.ts');
    await print(context, await retire(call, spec, input), input);
  } else {
    // A reading command does not pay for the write path.
    const { writeEdited, writeThrough } = await import('./write-through.ts');
    if (spec.effect === 'edit') await writeEdited(call, spec, input, path);
    else await writeThrough(call, spec, input, path);
  }
}

/** Commands about no one domain do not pay for the look. */
async function warnOf(call: Call, input: RawInput): Promise<void> {
  if (input['domain'] === undefined) return;
  const { warnOfUnfinished } = await import('./warn-unfinished.ts');
  await warnOfUnfinished(call, input);
}

async function openCall(context: Context, input: RawInput): Promise<Call> {
  return { context, store: await context.store(), access: await context.access(teamsOf(input)) };
}

function refuseWithoutTerminal({ prompter }: Context, elsewhere: string, path: string): void {
  if (prompter.interactive) return;
  const message =
    prompter.silencedBy === undefined
      ? `${path} needs a terminal for your editor`
      : `${path} asks you, which ${prompter.silencedBy} forbids`;
  throw new NetgoatError('usage', message, { hint: elsewhere });
}

/** A token is for teams, and what is done to the database is done to all of them. */
function refuseToken({ config }: Context): void {
  if (config.token === undefined) return;
  throw new NetgoatError('usage', 'a token does not reach the database as a whole', {
    hint: 'run it without NETGOAT_TOKEN, as somebody who has the database itself',
  });
}

function teamsOf(input: RawInput): string[] {
  const team = input['team'];
  return team === undefined ? [] : Array.isArray(team) ? team : [String(team)];
}

async function print(context: Context, outcome: Outcome, input: RawInput): Promise<void> {
  await printOutcome(context, outcome, input);
  if ((outcome.type !== 'list' && outcome.type !== 'item') || input['json'] === '') return;
  const { code = 'finding', finding, next, note } = outcome;
  if (note !== undefined) context.world.stderr.write(`${note}\n`);
  if (finding !== undefined) throw new NetgoatError(code, finding, next === undefined ? {} : { hint: next });
}
