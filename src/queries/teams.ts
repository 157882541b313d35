import type { Model } from 'mongoose';
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

/** The teams within reach, by slug. */
export async function teamsWithin(store: Store, access: Access): Promise<Team[]> {
  return store.models.Team.find(within(access)).sort({ slug: 1 }).lean<Team[]>();
}

/** The teams within reach, by slug, with how many domains and users each has. */
export async function listTeams(store: Store, access: Access): Promise<TeamRow[]> {
  return countsOf(store, await teamsWithin(store, access));
}

/** One team with its counts. */
export async function showTeam(store: Store, access: Access, name: string): Promise<TeamRow> {
  const [row] = await countsOf(store, [await findTeam(store, access, name)]);
  return row!;
}

/** Two queries, however many teams there are. */
async function countsOf(store: Store, teams: readonly Team[]): Promise<TeamRow[]> {
  const ids = teams.map(({ _id }) => _id);
  const domains = await countBy(store.models.Domain, 'teamId', ids);
  const users = await countBy(store.models.User, 'teams', ids);
  return teams.map((team) => ({
    ...team,
    domains: domains.get(String(team._id)) ?? 0,
    users: users.get(String(team._id)) ?? 0,
  }));
}

/** How many documents name each of these ids in a field, or in the list that the field holds. */
async function countBy<T>(model: Model<T>, field: string, ids: readonly Id[]): Promise<Map<string, number>> {
  const named = { $match: { [field]: { $in: ids } } };
  const counts = await model.aggregate<{ _id: Id; n: number }>([
    named,
    { $unwind: `$${field}` },
    named,
    { $group: { _id: `$${field}`, n: { $sum: 1 } } },
  ]);
  return new Map(counts.map(({ _id, n }) => [String(_id), n]));
}

/** The slugs of teams, by id. */
export async function teamSlugs(store: Store, ids: readonly Id[]): Promise<Map<string, string>> {
  const teams = await store.models.Team.find({ _id: { $in: [...ids] } }, { slug: 1 }).lean<Team[]>();
  return new Map(teams.map(({ _id, slug }) => [String(_id), slug]));
}
