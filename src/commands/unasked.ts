import type { Context } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import type { CommandSpec, RawInput } from './spec.ts';

/**
 * Refuses what takes something away where nobody can be asked and no --yes was given; the database is not open yet.
 * @throws NetgoatError usage.
 */
export function refuseUnasked(context: Context, spec: CommandSpec, input: RawInput): void {
  const does =
    spec.effect === 'remove' || spec.effect === 'retire'
      ? 'removes'
      : spec.effect === 'database' && spec.change === 'replaces'
        ? 'replaces'
        : undefined;
  if (does === undefined || input['yes'] || input['dryRun'] || context.prompter.interactive) return;
  throw new NetgoatError('usage', `this ${does} something and there is nobody to ask`, {
    hint: 'add --yes to go ahead, or --dry-run to see what it would do',
  });
}
