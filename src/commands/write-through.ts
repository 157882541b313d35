import { setTimeout as sleep } from 'node:timers/promises';
import { applyPlan } from '../changes/apply.ts';
import type { Authorship } from '../changes/history.ts';
import { isStale } from '../changes/stale.ts';
import type { Context } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import { inert } from '../output/sanitize.ts';
import { requireScope } from '../queries/access.ts';
import { diffText, printChanges } from './print-changes.ts';
import type { Call, CommandSpec, RawInput, WriteSpec } from './spec.ts';

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
  const warned = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    const plan = await spec.plan(call, input);
    checkRevision(input, plan.revision);
    for (const warning of plan.warnings) {
      if (!warned.has(warning)) context.warn(inert(warning));
      warned.add(warning);
    }
    if (input['dryRun']) return printChanges(call, input, { plan, version: null, dryRun: true });
    const ask = spec.effect === 'remove' && !input['yes'] && plan.changes.length > 0;
    if (ask) {
      context.world.stderr.write(await diffText(call, plan));
      await confirm(context, plan.removes ?? plan.changes.at(-1)!.name);
    }
    try {
      const { version } = await applyPlan(call.store, access, plan, authorship(call, spec, input, path));
      for (const advice of plan.afterwards ?? []) context.warn(inert(advice));
      return await printChanges(call, input, { plan, version, dryRun: false });
    } catch (error) {
      // What somebody has seen or named is not swapped for something newer behind their back.
      const bound = ask || input['ifRevision'] !== undefined;
      if (bound || attempt === MAX_ATTEMPTS || !isStale(error)) throw error;
      await sleep(Math.random() * attempt * STALE_WAIT_MS);
    }
  }
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

function authorship({ access }: Call, spec: WriteSpec, input: RawInput, path: string): Authorship {
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

function checkRevision(input: RawInput, revision: number | null): void {
  const wanted = input['ifRevision'];
  if (wanted === undefined) return;
  if (!/^\d+$/.test(String(wanted))) throw new NetgoatError('usage', '--if-revision takes a whole number');
  if (Number(wanted) === revision) return;
  throw new NetgoatError('conflict', `it is at revision ${revision ?? 'none'}, not ${String(wanted)}`, {
    hint: 'look at it again and repeat the command',
  });
}

async function confirm(context: Context, name: string): Promise<void> {
  const typed = await context.prompter.confirmName(`Type ${inert(name)} to remove it:`, name);
  if (!typed) throw new NetgoatError('interrupted', 'not confirmed, nothing was removed');
}
