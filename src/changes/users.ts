import type { User } from '../models/user.ts';
import type { Subject } from './plan.ts';

/** How Changes name a user; one of several teams belongs to none of them alone. */
export function userSubject(user: User): Subject {
  const [only, ...others] = user.teams;
  return { kind: 'user', name: user.email, team: only && others.length === 0 ? only : null, domainId: null };
}
