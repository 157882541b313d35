import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import type { User } from '../models/user.ts';
import { stale } from './stale.ts';

/**
 * Checks that no user is left in a team that is gone: users name their teams in a list, not by the `teamId` of other
 * documents.
 * @throws NetgoatError conflict, stale: a team was removed, or a user has joined one, since the set was made.
 */
export async function verifyMembers(
  store: Store,
  changes: readonly Change[],
  session: Session,
): Promise<void> {
  const users = changes.filter(({ kind }) => kind === 'user');
  await verifyTeams(store, changes, users, session);
  await verifyNobodyJoined(store, changes, users, session);
}

async function verifyTeams(
  store: Store,
  changes: readonly Change[],
  users: readonly Change[],
  session: Session,
): Promise<void> {
  const made = new Set(changes.filter(({ op }) => op === 'add').map(({ id }) => String(id)));
  const named = users.flatMap(({ after }) => (after?.['teams'] as Id[] | undefined) ?? []);
  const wanted = new Set(named.map(String).filter((id) => !made.has(id)));
  if (wanted.size === 0) return;
  const count = await store.models.Team.countDocuments({ _id: { $in: [...wanted] } }, within(session));
  if (count !== wanted.size) throw stale('the team was removed meanwhile');
}

async function verifyNobodyJoined(
  store: Store,
  changes: readonly Change[],
  users: readonly Change[],
  session: Session,
): Promise<void> {
  const gone = changes.filter(({ kind, op }) => kind === 'team' && op === 'remove').map(({ id }) => id);
  if (gone.length === 0) return;
  const leaving = new Set(users.map(({ id }) => String(id)));
  const members = await store.models.User.find({ teams: { $in: gone } }, { email: 1 }, within(session)).lean<
    User[]
  >();
  const stranger = members.find(({ _id }) => !leaving.has(String(_id)));
  if (!stranger) return;
  throw stale(
    `user ${stranger.email} has joined the team meanwhile`,
    'repeat the command: it shows what goes with it now',
  );
}
