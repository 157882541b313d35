import type { Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { Team } from '../models/team.ts';
import type { Access } from './access.ts';
import { isId, MAX_CANDIDATES, notFound } from './lookup.ts';

/** A team and how much hangs from it. */
export interface TeamRow extends Team {
  domains: number;
  users: number;
}

function within(access: Access): object {
  return access.teams === null ? {} : { _id: { $in: [...access.teams] } };
}

/**
 * The team of this slug or id.
 * @throws NetgoatError not-found: there is none within reach.
 */
export async function findTeam(store: Store, access: Access, name: string): Promise<Team> {
  const key = isId(name) ? { _id: name } : { slug: name.toLowerCase() };
  const team = await store.models.Team.findOne({ $and: [key, within(access)] }).lean<Team>();
  if (team) return team;
  throw notFound('team', name, await slugsWithin(store, access, MAX_CANDIDATES));
}

/** The slugs of the teams within reach, in order; all of them unless there is a limit. */
export async function slugsWithin(store: Store, access: Access, limit = 0): Promise<string[]> {
  const teams = await store.models.Team.find(within(access), { slug: 1 })
    .sort({ slug: 1 })
    .limit(limit)
    .lean<Team[]>();
  return teams.map(({ slug }) => slug);
}

/** The teams within reach, by slug, with how many domains and users each has. */
export async function listTeams(store: Store, access: Access): Promise<TeamRow[]> {
  const teams = await store.models.Team.find(within(access)).sort({ slug: 1 }).lean<Team[]>();
  return countsOf(store, teams);
}

/** One team with its counts. */
export async function showTeam(store: Store, access: Access, name: string): Promise<TeamRow> {
  const [row] = await countsOf(store, [await findTeam(store, access, name)]);
  return row!;
}

async function countsOf(store: Store, teams: readonly Team[]): Promise<TeamRow[]> {
  return Promise.all(
    teams.map(async (team) => ({
      ...team,
      domains: await store.models.Domain.countDocuments({ teamId: team._id }),
      users: await store.models.User.countDocuments({ teams: team._id }),
    })),
  );
}

/** The slugs of teams, by id. */
export async function teamSlugs(store: Store, ids: readonly Id[]): Promise<Map<string, string>> {
  const teams = await store.models.Team.find({ _id: { $in: [...ids] } }, { slug: 1 }).lean<Team[]>();
  return new Map(teams.map(({ _id, slug }) => [String(_id), slug]));
}
