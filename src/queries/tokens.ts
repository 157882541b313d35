import { timingSafeEqual } from 'node:crypto';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { Id } from '../models/base.ts';
import { scopes } from '../models/user.ts';
import type { Token, User } from '../models/user.ts';
import type { Access } from './access.ts';
import { findTeam } from './teams.ts';
import { tokenHash } from './token-hash.ts';

/** A token's use is noted at most this often, so that reading costs no write. */
const NOTE_EVERY_MS = 60_000;

/**
 * Who asks and how far they reach: a token gives its user, teams and scopes, else everything is within reach; naming
 * teams narrows either.
 * @throws NetgoatError usage: the token is unknown, revoked or expired; not-found: a team is not there or out of reach.
 */
export async function resolveAccess(
  store: Store,
  asked: { token: string | undefined; actor: string; teams: readonly string[]; now: Date },
): Promise<Access> {
  const all: Access = { actor: asked.actor, teams: null, scopes: new Set(scopes), viaToken: false };
  const access = asked.token === undefined ? all : await tokenAccess(store, asked.token, asked.now);
  if (asked.teams.length === 0) return access;
  const teams = await Promise.all(asked.teams.map((slug) => findTeam(store, access, slug)));
  return { ...access, teams: teams.map(({ _id }) => _id) };
}

async function tokenAccess(store: Store, text: string, now: Date): Promise<Access> {
  const hash = tokenHash(text);
  const standing = (await readTokens(store, [hash], now)).get(hash);
  if (standing === undefined) {
    throw new NetgoatError('usage', 'the token (NETGOAT_TOKEN or the rc file) is unknown or was revoked', {
      hint: 'make one with `netgoat user token create`, or take it out there',
    });
  }
  const { user, token, access } = standing;
  if (standing.expired) {
    throw new NetgoatError(
      'usage',
      `the token "${token.name}" (NETGOAT_TOKEN or the rc file) expired on ${token.expiresAt!.toISOString()}`,
      {
        hint: `make another with \`netgoat user token create ${user.email}\``,
      },
    );
  }
  await noteUse(store, standing, now);
  return access;
}

/** How a token stands now. */
export interface TokenStanding {
  readonly user: User;
  readonly token: Token;
  readonly expired: boolean;
  /** What it gives as long as it has not expired. */
  readonly access: Access;
}

/**
 * Looks tokens up, all at once.
 * @param hashes of `tokenHash`.
 * @returns how each stands, by its hash; those that are not known, or were revoked, are missing.
 */
export async function readTokens(
  store: Store,
  hashes: readonly string[],
  now: Date,
): Promise<Map<string, TokenStanding>> {
  const users = await store.models.User.find({ tokens: { $elemMatch: { hash: { $in: [...hashes] } } } }).lean<
    User[]
  >();
  const found = users.flatMap((user) => user.tokens.map((token) => ({ user, token })));
  return new Map(
    hashes.flatMap((hash) => {
      const own = found.find(({ token }) => sameHash(token.hash, hash));
      return own === undefined ? [] : [[hash, standingOf(own.user, own.token, now)]];
    }),
  );
}

function standingOf(user: User, token: Token, now: Date): TokenStanding {
  const teams = token.teams.filter((team) => user.teams.some((own) => own.equals(team)));
  const mayWrite = teams.every((team) => !isViewer(user, team));
  const own = token.scopes.filter((scope) => scope !== 'write' || mayWrite);
  return {
    user,
    token,
    expired: token.expiresAt !== null && token.expiresAt <= now,
    access: { actor: user.email, teams, scopes: new Set(own), viaToken: true },
  };
}

/** Whether the user may only look at the team. */
export function isViewer(user: User, team: Id): boolean {
  return user.roles.find((each) => each.team.equals(team))?.role === 'viewer';
}

function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Notes when it was used: observed state, outside the Changes; a database that may only be read goes without it. */
export async function noteUse(store: Store, { user, token }: TokenStanding, now: Date): Promise<void> {
  if (token.lastUsedAt !== null && now.getTime() - token.lastUsedAt.getTime() < NOTE_EVERY_MS) return;
  await store.models.User.updateOne(
    { _id: user._id, 'tokens.hash': token.hash },
    { $set: { 'tokens.$.lastUsedAt': now } },
  ).catch(() => undefined);
}
