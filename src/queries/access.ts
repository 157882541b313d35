import { NetgoatError } from '../errors.ts';
import type { Id } from '../models/base.ts';
import type { Scope } from '../models/user.ts';

/** Who asks, and how far they reach. Every query and every write takes one. */
export interface Access {
  /** Shown in history: the token's user, `--actor`, or the system's user name. */
  readonly actor: string;
  /** The teams it reaches; null reaches all. */
  readonly teams: readonly Id[] | null;
  readonly scopes: ReadonlySet<Scope>;
  /** True where a token says so, and not somebody who has the database itself. */
  readonly viaToken: boolean;
}

/** The filter that keeps a query on tenant documents within reach. */
export function tenantFilter(access: Access): { teamId?: { $in: Id[] } } {
  return access.teams === null ? {} : { teamId: { $in: [...access.teams] } };
}

/** Whether a team is within reach. */
export function reaches(access: Access, team: Id): boolean {
  return access.teams === null || access.teams.some((id) => id.equals(team));
}

/**
 * Asks for a scope; any of several will do.
 * @throws NetgoatError usage: the token was not made for this.
 */
export function requireScope(access: Access, ...any: [Scope, ...Scope[]]): void {
  if (any.some((scope) => access.scopes.has(scope))) return;
  throw new NetgoatError('usage', `this token has no scope "${any[0]}"`, {
    hint: `it has: ${[...access.scopes].join(', ')}; make another with \`netgoat user token create --scope ${any[0]}\``,
  });
}
