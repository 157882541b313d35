import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import { normalize } from '../models/normalize.ts';
import type { Team } from '../models/team.ts';
import { roles } from '../models/user.ts';
import type { Role, User } from '../models/user.ts';
import type { Access } from '../queries/access.ts';
import { reaches } from '../queries/access.ts';
import { findTeam, teamSlugs } from '../queries/teams.ts';
import { findUser } from '../queries/users.ts';
import { line } from './inputs.ts';
import { addition, planOf, removal, updates } from './plan.ts';
import type { Plan, Subject } from './plan.ts';

const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'must be at most 254 characters')
  .pipe(z.email('must be an e-mail address'));

export const newUser = z.object({
  email,
  name: line(200).default(''),
  role: z.enum(roles).default('viewer'),
  team: z.array(z.string()).min(1),
});

export const userEdits = z.object({
  name: line(200).optional(),
  role: z.enum(roles).optional(),
  team: z.array(z.string()).default([]),
  addTeam: z.array(z.string()).default([]),
  removeTeam: z.array(z.string()).default([]),
});

/** How Changes name a user; one of several teams belongs to none of them alone. */
export function userSubject(user: User): Subject {
  return subjectIn(user, user.teams);
}

/** How Changes name a user where only these of its teams are concerned. */
export function subjectIn(user: User, teams: readonly Id[]): Subject {
  const [only, ...others] = uniqueIds(teams);
  return { kind: 'user', name: user.email, team: only && others.length === 0 ? only : null, domainId: null };
}

/** A new user of these teams, with the same role in each. */
export async function addUser(store: Store, access: Access, input: z.output<typeof newUser>): Promise<Plan> {
  const teams = uniqueIds((await findTeams(store, access, input.team)).map(({ _id }) => _id));
  await refuseTaken(store, access, input.email);
  const user = await normalize(store.models, 'User', {
    _id: newId(),
    email: input.email,
    name: input.name,
    teams,
    roles: teams.map((team) => ({ team, role: input.role })),
    tokens: [],
    revision: 1,
  });
  return planOf([addition(userSubject(user), user)], { revision: 0 });
}

/**
 * Another name, other roles, other teams. `role` is the role in the teams added, else in the teams named, else in the
 * only one within reach.
 */
export async function setUser(
  store: Store,
  access: Access,
  name: string,
  edits: z.output<typeof userEdits>,
): Promise<Plan> {
  const user = await findUser(store, access, name);
  const added = await findTeams(store, access, edits.addTeam);
  const left = await findTeams(store, access, edits.removeTeam);
  const ranked =
    edits.role === undefined || added.length > 0 ? [] : await teamsToRank(store, access, user, edits.team);
  for (const team of [...left, ...ranked]) requireMember(user, team);
  const renamed = edits.name !== undefined && edits.name !== user.name;
  if (renamed) refuseShared(access, user, 'renamed');

  const role = edits.role;
  let next: User = { ...user, name: edits.name ?? user.name };
  for (const team of added) next = withTeam(next, team._id, role ?? roleIn(next, team._id) ?? 'viewer');
  for (const team of ranked) next = withTeam(next, team._id, role!);
  for (const team of left) next = withoutTeam(next, team._id);
  if (next.teams.length === 0) {
    throw new NetgoatError('usage', `${user.email} belongs to no other team`, {
      hint: `\`netgoat user remove ${user.email}\` removes the user`,
    });
  }
  const concerned = renamed ? user.teams : [...added, ...left, ...ranked].map(({ _id }) => _id);
  return planOf(updates(subjectIn(user, concerned), user, await normalize(store.models, 'User', next)), {
    revision: user.revision,
    warnings: await ownerWarnings(store, user, next),
  });
}

/** The end of a user and its tokens. */
export async function removeUser(store: Store, access: Access, name: string): Promise<Plan> {
  const user = await findUser(store, access, name);
  refuseShared(access, user, 'removed');
  return planOf([removal(userSubject(user), user)], {
    revision: user.revision,
    warnings: await ownerWarnings(store, user, { ...user, roles: [] }),
  });
}

/** The user outside this team; tokens that reached no other team go with it. */
export function withoutTeam(user: User, team: Id): User {
  const others = (ids: readonly Id[]): Id[] => ids.filter((id) => !id.equals(team));
  return {
    ...user,
    teams: others(user.teams),
    roles: user.roles.filter((each) => !each.team.equals(team)),
    tokens: user.tokens
      .map((token) => ({ ...token, teams: others(token.teams) }))
      .filter((token) => token.teams.length > 0),
  };
}

/** @throws NetgoatError usage: the user does not belong to the team. */
export function requireMember(user: User, team: Team): void {
  if (user.teams.some((id) => id.equals(team._id))) return;
  throw new NetgoatError('usage', `${user.email} does not belong to the team ${team.slug}`, {
    hint: `\`netgoat user set ${user.email} --add-team ${team.slug}\` makes it a member`,
  });
}

/** The teams of these slugs or ids. */
export async function findTeams(store: Store, access: Access, names: readonly string[]): Promise<Team[]> {
  return Promise.all(names.map((name) => findTeam(store, access, name)));
}

function withTeam(user: User, team: Id, role: Role): User {
  if (roleIn(user, team) === undefined) {
    return { ...user, teams: [...user.teams, team], roles: [...user.roles, { team, role }] };
  }
  return { ...user, roles: user.roles.map((each) => (each.team.equals(team) ? { team, role } : each)) };
}

function roleIn(user: User, team: Id): Role | undefined {
  return user.roles.find((each) => each.team.equals(team))?.role;
}

async function teamsToRank(
  store: Store,
  access: Access,
  user: User,
  named: readonly string[],
): Promise<Team[]> {
  if (named.length > 0) return findTeams(store, access, named);
  const within = user.teams.filter((team) => reaches(access, team));
  if (within.length === 1) return [await findTeam(store, access, String(within[0]))];
  const slugs = [...(await teamSlugs(store, within)).values()].toSorted();
  throw new NetgoatError('usage', `${user.email} belongs to several teams; name the one of the role`, {
    hint: `add --team ${slugs.join(' or --team ')}`,
  });
}

/** What is the user's own, and not one team's, is changed only by those who reach all its teams. */
function refuseShared(access: Access, user: User, done: string): void {
  if (user.teams.every((team) => reaches(access, team))) return;
  throw new NetgoatError(
    'usage',
    `${user.email} belongs to other teams too and cannot be ${done} from here`,
    {
      hint: `\`netgoat user set ${user.email} --remove-team <slug>\` takes it out of a team`,
    },
  );
}

async function refuseTaken(store: Store, access: Access, address: string): Promise<void> {
  const other = await store.models.User.findOne({ email: address }, { teams: 1 }).lean<User>();
  if (!other) return;
  throw new NetgoatError('conflict', `user ${address} exists already`, {
    hint: other.teams.some((team) => reaches(access, team))
      ? `\`netgoat user set ${address} --add-team <slug>\` gives it another team`
      : 'it belongs to other teams of this control plane',
  });
}

/** A line for each team whose last owner this takes away. */
async function ownerWarnings(store: Store, before: User, after: User): Promise<string[]> {
  const lost = before.roles
    .filter(({ team, role }) => role === 'owner' && roleIn(after, team) !== 'owner')
    .map(({ team }) => team);
  if (lost.length === 0) return [];
  const slugs = await teamSlugs(store, lost);
  const warnings = await Promise.all(
    lost.map(async (team) => {
      const others = await store.models.User.countDocuments({
        _id: { $ne: before._id },
        roles: { $elemMatch: { team, role: 'owner' } },
      });
      return others > 0
        ? []
        : [`this leaves the team ${slugs.get(String(team)) ?? String(team)} without an owner`];
    }),
  );
  return warnings.flat();
}

function uniqueIds(ids: readonly Id[]): Id[] {
  return [...new Map(ids.map((id) => [String(id), id])).values()];
}
