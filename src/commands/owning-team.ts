import type { Team } from '../models/team.ts';
import { NetgoatError } from '../errors.ts';
import { listTeams } from '../queries/teams.ts';
import type { Call } from './spec.ts';

/**
 * The team that a new thing belongs to: the one given, else the configured one, else the only one there is; asked for
 * on a terminal where there are several.
 * @throws NetgoatError usage: it is not clear which, and there is nobody to ask.
 */
export async function owningTeam(call: Call, given: unknown): Promise<string> {
  const named = given ?? call.context.config.team;
  if (named !== undefined) return String(named);
  const teams: Team[] = await listTeams(call.store, call.access);
  if (teams.length === 1) return teams[0]!.slug;
  const slugs = teams.map(({ slug }) => slug);
  if (slugs.length > 1 && call.context.prompter.interactive)
    return call.context.prompter.select('Which team?', slugs);
  throw new NetgoatError('usage', 'missing --team', {
    hint:
      slugs.length === 0
        ? 'make a team first: netgoat team add "Acme Inc"'
        : `the teams are: ${slugs.slice(0, 20).join(', ')}`,
  });
}
