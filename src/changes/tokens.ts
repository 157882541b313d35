import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { parseTtl } from '../dns/ttl.ts';
import { NetgoatError } from '../errors.ts';
import type { Id } from '../models/base.ts';
import { normalize } from '../models/normalize.ts';
import { scopes } from '../models/user.ts';
import type { Token, User } from '../models/user.ts';
import type { Access } from '../queries/access.ts';
import { reaches, requireScope } from '../queries/access.ts';
import { notFound } from '../queries/lookup.ts';
import { tokenHash } from '../queries/token-hash.ts';
import { isViewer } from '../queries/tokens.ts';
import { findUser, isVisible } from '../queries/users.ts';
import { line } from './inputs.ts';
import { planOf, updates } from './plan.ts';
import type { Plan } from './plan.ts';
import { findTeams, requireMember, subjectIn } from './users.ts';

/** Enough of a token to tell two apart, and far too little to guess the rest. */
const PREFIX = 12;

const expiry = z.string().refine((text) => text === 'never' || isDuration(text) || isDate(text), {
  message: 'must be a duration such as 90d, a date such as 2027-01-31, or never',
});

export const newToken = z.object({
  name: line(100),
  scope: z.array(z.enum(scopes)).default(['read']),
  team: z.array(z.string()).default([]),
  expires: expiry.default('90d'),
});

/**
 * A new token of a user, for the teams named or all of the user's within reach; its text is in the plan's `reveal`
 * and nowhere else. A token makes no token that may do more than itself.
 */
export async function createToken(
  store: Store,
  access: Access,
  name: string,
  input: z.output<typeof newToken>,
  now: Date,
): Promise<Plan> {
  const user = await findUser(store, access, name);
  if (user.tokens.some((token) => token.name === input.name)) {
    throw new NetgoatError('conflict', `${user.email} has a token "${input.name}" already`, {
      hint: `choose another --name, or revoke it with \`netgoat user token revoke ${user.email} ${input.name}\``,
    });
  }
  for (const scope of input.scope) requireScope(access, scope);
  const named = await findTeams(store, access, input.team);
  for (const team of named) requireMember(user, team);
  const teams = user.teams.filter((id) =>
    named.length > 0 ? named.some((team) => team._id.equals(id)) : reaches(access, id),
  );
  if (input.scope.includes('write')) refuseViewer(user, teams);
  const text = `ngt_${randomBytes(32).toString('base64url')}`;
  const token: Token = {
    name: input.name,
    prefix: text.slice(0, PREFIX),
    hash: tokenHash(text),
    teams,
    scopes: scopes.filter((scope) => input.scope.includes(scope)),
    createdAt: now,
    expiresAt: expiryDate(input.expires, now),
    lastUsedAt: null,
  };
  return {
    ...(await tokensPlan(store, user, token, [...user.tokens, token])),
    afterwards: [`the token is shown this once: keep it in a secret store and ${useOf(token)}`],
    reveal: { token: text },
  };
}

/** What alone edges and agents show is none that netgoat itself would be given. */
function useOf({ scopes: made }: Token): string {
  return made.length === 1 && made[0] === 'edge'
    ? 'give it to the edge as its bearer token (NETGOAT_EDGE_TOKEN or --token-file where that is netgoat)'
    : 'give it to netgoat as NETGOAT_TOKEN';
}

/** Roles bind the tokens of a user: who may only look at a team has none that writes to it. */
function refuseViewer(user: User, teams: readonly Id[]): void {
  if (!teams.some((team) => isViewer(user, team))) return;
  throw new NetgoatError('usage', `${user.email} is a viewer, and a viewer's token cannot write`, {
    hint: `name other teams with --team, or see \`netgoat user set ${user.email} --role editor\``,
  });
}

/** The end of a token: whoever holds it is refused from then on. */
export async function revokeToken(store: Store, access: Access, name: string, token: string): Promise<Plan> {
  const user = await findUser(store, access, name);
  const visible = user.tokens.filter((each) => isVisible(access, each));
  const found = visible.find((each) => each.name === token);
  if (!found) {
    throw notFound(
      `token of ${user.email}`,
      token,
      visible.map((each) => each.name),
    );
  }
  if (found.teams.some((team) => !reaches(access, team))) {
    throw new NetgoatError(
      'usage',
      `the token "${token}" reaches other teams too and cannot be revoked from here`,
      {
        hint: `\`netgoat user set ${user.email} --remove-team <slug>\` takes a team from the user and its tokens`,
      },
    );
  }
  const others = user.tokens.filter((each) => each !== found);
  return { ...(await tokensPlan(store, user, found, others)), removes: token };
}

async function tokensPlan(store: Store, user: User, token: Token, tokens: readonly Token[]): Promise<Plan> {
  const next = await normalize(store.models, 'User', { ...user, tokens });
  return planOf(updates(subjectIn(user, token.teams), user, next), { revision: user.revision });
}

function expiryDate(text: string, now: Date): Date | null {
  if (text === 'never') return null;
  const date = isDuration(text) ? new Date(now.getTime() + parseTtl(text) * 1000) : new Date(text);
  if (date > now) return date;
  throw new NetgoatError('usage', `--expires ${text} is not in the future`);
}

/** A duration with its units: a bare number could be meant as days. */
function isDuration(text: string): boolean {
  if (!/^(?:\d{1,7}[wdhms])+$/i.test(text)) return false;
  try {
    parseTtl(text);
    return true;
  } catch {
    return false;
  }
}

/** A day (its first moment, UTC) or a time, as RFC 3339 writes them. */
function isDate(text: string): boolean {
  return z.iso.date().safeParse(text).success || z.iso.datetime({ offset: true }).safeParse(text).success;
}
