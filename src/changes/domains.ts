import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { toHostname } from '../dns/names.ts';
import { NetgoatError } from '../errors.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import type { Domain } from '../models/domain.ts';
import { normalize } from '../models/normalize.ts';
import type { Team } from '../models/team.ts';
import type { Access } from '../queries/access.ts';
import { reaches } from '../queries/access.ts';
import { findDomain } from '../queries/domains.ts';
import { findTeam } from '../queries/teams.ts';
import { contentsOf, documentsUnder, domainSubject, subjectOf } from './cascade.ts';
import { duration, onOff, prose, tag } from './inputs.ts';
import { addition, planOf, updates } from './plan.ts';
import type { Plan } from './plan.ts';

const settings = z.object({
  waf: onOff.optional(),
  note: prose(10_000).optional(),
  tag: z.array(tag).optional(),
  defaultTtl: duration.optional(),
});

export const newDomain = settings.extend({
  hostname: z.string(),
  team: z.string(),
  disabled: z.boolean().default(false),
  allow: z.array(z.enum(['nested-tenant'])).default([]),
});

export const domainEdits = settings.extend({ enabled: z.boolean().optional() });

/** A new domain of a team, unverified, with no records and no proxy configuration. */
export async function addDomain(
  store: Store,
  access: Access,
  input: z.output<typeof newDomain>,
): Promise<Plan> {
  const team = await findTeam(store, access, input.team);
  const hostname = toHostname(input.hostname);
  await refuseTaken(store, access, hostname);
  if (!input.allow.includes('nested-tenant')) await refuseNested(store, hostname, team);
  const domain = await normalize(store.models, 'Domain', {
    _id: newId(),
    teamId: team._id,
    hostname,
    reversedName: reversed(hostname),
    ownership: { token: `netgoat-verify=${randomBytes(16).toString('hex')}` },
    enabled: !input.disabled,
    ...fieldsOf(input),
    zone: { apexNs: [], ...(input.defaultTtl === undefined ? {} : { defaultTtl: input.defaultTtl }) },
    revision: 1,
  });
  return planOf([addition(domainSubject(domain), domain)], { revision: 0 });
}

/** Other settings of a domain. */
export async function setDomain(
  store: Store,
  access: Access,
  name: string,
  edits: z.output<typeof domainEdits>,
): Promise<Plan> {
  const domain = await findDomain(store, access, name);
  const next = await normalize(store.models, 'Domain', {
    ...domain,
    ...fieldsOf(edits),
    ...(edits.enabled === undefined ? {} : { enabled: edits.enabled }),
    ...(edits.defaultTtl === undefined ? {} : { zone: { ...domain.zone, defaultTtl: edits.defaultTtl } }),
  });
  return planOf(updates(domainSubject(domain), domain, next), { revision: domain.revision });
}

/** The end of a domain, with its records, proxy configuration, alerts, incidents and traffic. */
export async function removeDomain(store: Store, access: Access, name: string): Promise<Plan> {
  const domain = await findDomain(store, access, name);
  return { ...(await contentsOf(store, { _id: domain._id })), revision: domain.revision };
}

/** Hands a domain and all below it to another team, which must be within reach too. */
export async function moveDomain(store: Store, access: Access, name: string, to: string): Promise<Plan> {
  const domain = await findDomain(store, access, name);
  const team = await findTeam(store, access, to);
  if (team._id.equals(domain.teamId)) return planOf([], { revision: domain.revision });
  const found = await documentsUnder(store, { _id: domain._id });
  const moved = <T extends { teamId: Id }>(document: T): T => ({ ...document, teamId: team._id });
  const changes = [
    ...updates(domainSubject(domain), domain, moved(domain)),
    ...found.below.flatMap(({ kind, document }) =>
      updates(subjectOf(kind, domain, document), document, moved(document)),
    ),
  ];
  const zones = [{ domainId: domain._id, revision: domain.zoneRevision }];
  return planOf(changes, { zones, revision: domain.revision });
}

function fieldsOf(input: z.output<typeof settings>): Partial<Domain> {
  return {
    ...(input.waf === undefined ? {} : { waf: input.waf }),
    ...(input.note === undefined ? {} : { note: input.note }),
    ...(input.tag === undefined ? {} : { tags: [...new Set(input.tag)].toSorted() }),
  };
}

/** A hostname is unique over all teams; whose it is stays with those who may see it. */
async function refuseTaken(store: Store, access: Access, hostname: string): Promise<void> {
  const other = await store.models.Domain.findOne({ hostname }, { teamId: 1 }).lean<Domain>();
  if (!other) return;
  throw new NetgoatError('conflict', `domain ${hostname} exists already`, {
    hint: reaches(access, other.teamId)
      ? `see \`netgoat domain show ${hostname}\``
      : 'it is managed elsewhere in this control plane',
  });
}

/** A name under or above another team's domain would let one tenant answer for another. */
async function refuseNested(store: Store, hostname: string, team: Team): Promise<void> {
  const labels = hostname.split('.');
  const above = labels.slice(1).map((_, at) => labels.slice(at + 1).join('.'));
  // All that begins with the name and a dot: `/` is the character after the dot.
  const below = { $gte: `${reversed(hostname)}.`, $lt: `${reversed(hostname)}/` };
  const other = await store.models.Domain.findOne({
    teamId: { $ne: team._id },
    $or: [{ hostname: { $in: above } }, { reversedName: below }],
  }).lean<Domain>();
  if (!other) return;
  throw new NetgoatError('safety', `${hostname} lies under or above a domain of another team`, {
    hint: 'if that is meant, add --allow nested-tenant',
  });
}

function reversed(hostname: string): string {
  return hostname.split('.').toReversed().join('.');
}
