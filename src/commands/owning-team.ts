import { NetgoatError } from '../errors.ts';
import { slugsWithin } from '../queries/teams.ts';
import type { Call } from './spec.ts';

/**
 * The team that a new thing belongs to: the one given, else the configured one, else the only one there is; asked for
 * on a terminal where there are several.
 * @throws NetgoatError usage: it is not clear which, and there is nobody to ask.
 */
export async function owningTeam(call: Call, given: unknown): Promise<string> {
  const named = given ?? call.context.config.team;
  if (named !== undefined) return String(named);
  const slugs = await slugsWithin(call.store, call.access);
  if (slugs.length === 1) return slugs[0]!;
  if (slugs.length > 1 && call.context.prompter.interactive)
    return call.context.prompter.select('Which team?', slugs);
  throw new NetgoatError('usage', 'missing --team', {
    hint:
      slugs.length === 0
        ? 'make a team first: netgoat team add "Acme Inc"'
        : `the teams are: ${slugs.slice(0, 20).join(', ')}`,
  });
}
