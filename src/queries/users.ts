import type { Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { Role, Token, User } from '../models/user.ts';
import { reaches } from './access.ts';
import type { Access } from './access.ts';
import { isId, MAX_CANDIDATES, notFound } from './lookup.ts';
import { teamSlugs } from './teams.ts';

/** A user as somebody sees it: the teams and tokens within reach, and no others. */
export interface UserRow {
  _id: Id;
  email: string;
  name: string;
  teams: { slug: string; role: Role }[];
  tokens: number;
  revision: number;
}

/** A token as somebody sees it, its teams within reach by slug. */
export interface TokenRow extends Omit<Token, 'teams' | 'hash'> {
  teams: string[];
  expired: boolean;
}

function within(access: Access): object {
  return access.teams === null ? {} : { teams: { $in: [...access.teams] } };
}

/**
 * The user of this e-mail address (any case) or id.
 * @throws NetgoatError not-found: none shares a team within reach.
 */
export async function findUser(store: Store, access: Access, name: string): Promise<User> {
  const key = isId(name) ? { _id: name } : { email: name.trim().toLowerCase() };
  const user = await store.models.User.findOne({ $and: [key, within(access)] }).lean<User>();
  if (user) return user;
  const known = await store.models.User.find(within(access), { email: 1 })
    .sort({ email: 1 })
    .limit(MAX_CANDIDATES)
    .lean<User[]>();
  throw notFound(
    'user',
    name,
    known.map(({ email }) => email),
  );
}

/** The users who share a team within reach, by e-mail address. */
export async function listUsers(store: Store, access: Access): Promise<UserRow[]> {
  const users = await store.models.User.find(within(access)).sort({ email: 1 }).lean<User[]>();
  return rowsOf(store, access, users);
}

/** One user with the teams within reach. */
export async function showUser(store: Store, access: Access, name: string): Promise<UserRow> {
  const [row] = await rowsOf(store, access, [await findUser(store, access, name)]);
  return row!;
}

/** The tokens of a user that reach a team within reach, by name. */
export async function listTokens(store: Store, access: Access, name: string, now: Date): Promise<TokenRow[]> {
  const user = await findUser(store, access, name);
  const slugs = await teamSlugs(store, user.teams);
  return user.tokens
    .filter((token) => isVisible(access, token))
    .map(({ hash: _hash, teams, ...token }) => ({
      ...token,
      teams: namesOf(teams, access, slugs),
      expired: token.expiresAt !== null && token.expiresAt <= now,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a token reaches any team within reach. */
export function isVisible(access: Access, token: Token): boolean {
  return access.teams === null || token.teams.some((team) => reaches(access, team));
}

async function rowsOf(store: Store, access: Access, users: readonly User[]): Promise<UserRow[]> {
  const ids = new Map(users.flatMap(({ teams }) => teams.map((team) => [String(team), team])));
  const slugs = await teamSlugs(store, [...ids.values()]);
  return users.map((user) => ({
    _id: user._id,
    email: user.email,
    name: user.name,
    teams: user.roles
      .filter(({ team }) => reaches(access, team))
      .map(({ team, role }) => ({ slug: slugs.get(String(team)) ?? String(team), role }))
      .toSorted((a, b) => (a.slug < b.slug ? -1 : 1)),
    tokens: user.tokens.filter((token) => isVisible(access, token)).length,
    revision: user.revision,
  }));
}

function namesOf(teams: readonly Id[], access: Access, slugs: ReadonlyMap<string, string>): string[] {
  return teams
    .filter((team) => reaches(access, team))
    .map((team) => slugs.get(String(team)) ?? String(team))
    .toSorted();
}
