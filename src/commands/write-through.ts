import { setTimeout as sleep } from 'node:timers/promises';
import type { Authorship } from '../changes/history.ts';
import type { Plan } from '../changes/plan.ts';
import { isStale } from '../changes/stale.ts';
import type { Context } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import { interruptionLine, withNotice } from '../interruption.ts';
import { inert } from '../output/sanitize.ts';
import { requireScope } from '../queries/access.ts';
import { applyWatched } from './apply-watched.ts';
import { diffText, printChanges } from './print-changes.ts';
import type { Call, CommandSpec, EditSpec, RawInput, WriteSpec } from './spec.ts';
import { warnOfUnfinished } from './warn-unfinished.ts';

const MAX_COMMAND = 500;
const MAX_REASON = 500;
/** A write that somebody else's overtook is planned again this often in all, after a wait up to this long each time. */
const MAX_ATTEMPTS = 8;
const STALE_WAIT_MS = 50;

/** Runs a writing command: its plan, the question, the write, the result. */
export async function writeThrough(
  call: Call,
  spec: WriteSpec,
  input: RawInput,
  path: string,
): Promise<void> {
  const { context, access } = call;
  requireScope(access, 'write');
  refuseLongReason(input);
  if (input['dryRun'] || isAsked(context, spec, input)) await warnOfUnfinished(call, input);
  const warned = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    const plan = await spec.plan(call, input);
    checkRevision(input, plan.revision, subjectOf(spec, input, path));
    warn(context, plan.warnings, warned);
    if (input['dryRun']) return printDry(call, input, plan);
    const ask = isAsked(context, spec, input) && plan.changes.length > 0;
    if (ask || (plan.refusal !== undefined && context.prompter.interactive))
      context.world.stderr.write(await diffText(call, plan));
    // Nobody is asked about what is refused whatever they say.
    if (plan.refusal !== undefined) throw plan.refusal;
    if (ask) await confirm(context, spec, plan);
    try {
      return await writePlan(call, spec, input, path, plan);
    } catch (error) {
      // What somebody has seen or named is not swapped for something newer behind their back.
      const bound = ask || input['ifRevision'] !== undefined;
      if (bound || attempt === MAX_ATTEMPTS || !isStale(error)) throw error;
      await sleep(Math.random() * attempt * STALE_WAIT_MS);
    }
  }
}

/** Shows a plan that is not to be written; that it would be refused comes after what it would do. */
async function printDry(call: Call, input: RawInput, plan: Plan): Promise<void> {
  await printChanges(call, input, { plan, version: null, dryRun: true });
  if (plan.refusal !== undefined) throw plan.refusal;
}

const MOST_WARNINGS = 50;

/** Says each warning once, the first of many. */
function warn(context: Context, warnings: readonly string[], warned: Set<string>): void {
  const fresh = warnings.filter((warning) => !warned.has(warning));
  for (const warning of fresh.slice(0, MOST_WARNINGS)) context.warn(inert(warning));
  if (fresh.length > MOST_WARNINGS) context.warn(`and ${fresh.length - MOST_WARNINGS} more`);
  for (const warning of fresh) warned.add(warning);
}

/** Removes ask everybody, and `execute` lets nobody in who cannot be asked; others ask where somebody is there. */
function isAsked({ prompter }: Context, spec: WriteSpec, input: RawInput): boolean {
  if (input['yes']) return false;
  return spec.effect === 'remove' || (spec.asks === true && prompter.interactive);
}

/** Runs an editing command: it shows its plans and asks by itself; what is agreed to is written as it was seen. */
export async function writeEdited(call: Call, spec: EditSpec, input: RawInput, path: string): Promise<void> {
  requireScope(call.access, 'write');
  refuseLongReason(input);
  const warned = new Set<string>();
  await spec.edit(call, input, {
    checkRevision: (revision) => checkRevision(input, revision, subjectOf(spec, input, path)),
    show: async (plan) => {
      warn(call.context, plan.warnings, warned);
      call.context.world.stderr.write(await diffText(call, plan));
    },
    write: (plan) =>
      input['dryRun'] ? printDry(call, input, plan) : writePlan(call, spec, input, path, plan),
  });
}

async function writePlan(
  call: Call,
  spec: CommandSpec,
  input: RawInput,
  path: string,
  plan: Plan,
): Promise<void> {
  const { stderr } = call.context.world;
  const say = (): void => void stderr.write(interruptionLine(stderr));
  await withNotice(say, async () => {
    const { version } = await applyWatched(call, plan, authorship(call, spec, input, path));
    for (const advice of plan.afterwards ?? []) call.context.warn(inert(advice));
    await printChanges(call, input, { plan, version, dryRun: false });
  });
}

/** A reason is a line of the history; what is longer belongs where it can be read. */
function refuseLongReason({ reason }: RawInput): void {
  if (typeof reason !== 'string' || reason.length <= MAX_REASON) return;
  throw new NetgoatError(
    'usage',
    `--reason has ${reason.length} characters, and at most ${MAX_REASON} are kept`,
    { hint: 'say it in a sentence, or name the ticket that says more' },
  );
}

function authorship({ access }: Call, spec: CommandSpec, input: RawInput, path: string): Authorship {
  const message = typeof input['reason'] === 'string' ? input['reason'] : '';
  return { actor: access.actor, command: commandLine(spec, input, path), message };
}

/** The command as history keeps it: its words and arguments; flags may hold what is no one else's business. */
function commandLine(spec: CommandSpec, input: RawInput, path: string): string {
  const words = (spec.args ?? []).flatMap(({ name }) => (input[name] ?? []) as string | string[]);
  const quoted = words.map((word) => (/^[\w@.:/+-]+$/.test(word) ? word : JSON.stringify(word)));
  const line = ['netgoat', path, ...quoted].join(' ');
  return line.length > MAX_COMMAND ? `${line.slice(0, MAX_COMMAND - 1)}…` : line;
}

/** What a command is about, whose revision counts: `the domain shop.example.com`; that of records is their zone's. */
function subjectOf({ args = [] }: CommandSpec, input: RawInput, path: string): string {
  const [noun] = path.split(' ');
  const name = args[0] === undefined ? undefined : input[args[0].name];
  return ['the', noun === 'dns' ? 'zone' : noun, ...(typeof name === 'string' ? [name] : [])].join(' ');
}

function checkRevision(input: RawInput, revision: number | null, subject: string): void {
  const wanted = input['ifRevision'];
  if (wanted === undefined) return;
  if (!/^\d+$/.test(String(wanted))) throw new NetgoatError('usage', '--if-revision takes a whole number');
  if (Number(wanted) === revision) return;
  throw new NetgoatError(
    'conflict',
    `${subject} is at revision ${revision ?? 'none'}, not ${String(wanted)}`,
    {
      hint: 'look at it again and repeat the command',
    },
  );
}

async function confirm({ prompter }: Context, spec: WriteSpec, plan: Plan): Promise<void> {
  if (spec.effect === 'write') {
    if (await prompter.confirm('Write this?')) return;
    throw new NetgoatError('interrupted', 'not confirmed, nothing was written');
  }
  const name = plan.removesFrom ?? plan.removes ?? plan.changes.at(-1)!.name;
  const what = plan.removesFrom === undefined ? 'it' : 'what is shown above';
  if (await prompter.confirmName(`Type ${inert(name)} to remove ${what}:`, name)) return;
  throw new NetgoatError('interrupted', 'not confirmed, nothing was removed');
}
