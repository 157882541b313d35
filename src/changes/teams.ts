import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { newId } from '../models/base.ts';
import { normalize } from '../models/normalize.ts';
import type { Team } from '../models/team.ts';
import type { User } from '../models/user.ts';
import type { Access } from '../queries/access.ts';
import { findTeam } from '../queries/teams.ts';
import { duration, line, slug } from './inputs.ts';
import { contentsOf } from './cascade.ts';
import { addition, planOf, removal, updates } from './plan.ts';
import type { Plan, Subject } from './plan.ts';
import { subjectIn, userSubject, withoutTeam } from './users.ts';

const retention = duration.refine((seconds) => seconds >= 3_600, 'must be at least an hour');

export const newTeam = z.object({ name: line(200), slug: slug.optional(), retention: retention.optional() });
export const teamEdits = z.object({
  name: line(200).optional(),
  slug: slug.optional(),
  /** False keeps the traffic. */
  retention: z.union([retention, z.literal(false)], 'must be a time such as 12h or 90d').optional(),
});

function subject(team: Team): Subject {
  return { kind: 'team', name: team.slug, team: team._id, domainId: null };
}

/** A new team; its slug comes from the name unless given. A token of some teams makes no others. */
export async function addTeam(store: Store, access: Access, input: z.output<typeof newTeam>): Promise<Plan> {
  if (access.teams !== null) {
    throw new NetgoatError('usage', 'a command limited to some teams cannot make another', {
      hint: 'leave out --team, or use a token that is not limited to teams',
    });
  }
  const wanted = input.slug ?? slugOf(input.name);
  const team = await normalize(store.models, 'Team', {
    _id: newId(),
    name: input.name,
    slug: wanted,
    ...(input.retention === undefined ? {} : { retention: input.retention }),
    revision: 1,
  });
  if (await store.models.Team.exists({ slug: wanted })) throw taken(wanted);
  return planOf([addition(subject(team), team)], { revision: 0 });
}

/** Another name, slug or time for which its traffic is kept. */
export async function setTeam(
  store: Store,
  access: Access,
  name: string,
  { retention: kept, ...edits }: z.output<typeof teamEdits>,
): Promise<Plan> {
  const team = await findTeam(store, access, name);
  const next = await normalize(store.models, 'Team', {
    ...team,
    ...edits,
    ...(kept === undefined ? {} : { retention: kept === false ? null : kept }),
  });
  if (next.slug !== team.slug && (await store.models.Team.exists({ slug: next.slug })))
    throw taken(next.slug);
  return planOf(updates(subject(team), team, next), { revision: team.revision });
}

/** The end of a team: all that hangs from it goes, and every user that it leaves without a team. */
export async function removeTeam(store: Store, access: Access, name: string): Promise<Plan> {
  const team = await findTeam(store, access, name);
  const contents = await contentsOf(store, { teamId: team._id });
  const users = await store.models.User.find({ teams: team._id }).lean<User[]>();
  const leaving = users.flatMap((user) => leaveTeam(user, team));
  return {
    ...contents,
    changes: [...contents.changes, ...leaving, removal(subject(team), team)],
    revision: team.revision,
  };
}

function leaveTeam(user: User, team: Team) {
  const next = withoutTeam(user, team._id);
  if (next.teams.length === 0) return [removal(userSubject(user), user)];
  return updates(subjectIn(user, [team._id]), user, next);
}

function slugOf(name: string): string {
  const made = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  if (made !== '') return made;
  throw new NetgoatError('usage', `no slug can be made from "${name}"`, { hint: 'give one with --slug' });
}

function taken(wanted: string): NetgoatError {
  return new NetgoatError('conflict', `team ${wanted} exists already`, { hint: 'choose another --slug' });
}
