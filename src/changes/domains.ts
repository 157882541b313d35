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
import { batches } from './batches.ts';
import { onOff, prose, tag, ttlTime } from './inputs.ts';
import { located } from './located.ts';
import { addition, planOf, updates } from './plan.ts';
import type { Plan } from './plan.ts';

const settings = z.object({
  waf: onOff.optional(),
  note: prose(10_000).optional(),
  tag: z.array(tag).optional(),
  defaultTtl: ttlTime.optional(),
});

export const newDomain = settings.extend({
  hostname: z.string(),
  team: z.string(),
  disabled: z.boolean().default(false),
  allow: z.array(z.enum(['nested-tenant'])).default([]),
});

export const domainEdits = settings.extend({ enabled: z.boolean().optional() });

/** A domain to add; of many, `place` says where it was read. */
type DomainInput = z.output<typeof newDomain> & { place?: string };

/**
 * New domains, unverified, with no records and no proxy configuration: all of them or none.
 * @throws NetgoatError usage: one cannot be read, or is there twice; conflict: it exists already; safety: it lies under
 * or above a domain of another team; not-found: its team. Each names the place.
 */
export async function addDomains(
  store: Store,
  access: Access,
  inputs: readonly DomainInput[],
): Promise<Plan> {
  const domains = await newDocuments(store, access, inputs);
  const places = placesOf(domains, inputs);
  await refuseTaken(store, access, domains, places);
  await refuseNested(
    store,
    access,
    domains.filter((_, at) => access.viaToken || !inputs[at]!.allow.includes('nested-tenant')),
    places,
  );
  return planOf(
    domains.map((domain) => addition(domainSubject(domain), domain)),
    { revision: 0 },
  );
}

async function newDocuments(store: Store, access: Access, inputs: readonly DomainInput[]): Promise<Domain[]> {
  const teams = new Map<string, Team>();
  for (const { team, place } of inputs) {
    if (!teams.has(team)) teams.set(team, await located(place, () => findTeam(store, access, team)));
  }
  return Promise.all(
    inputs.map((input) => located(input.place, () => newDocument(store, teams.get(input.team)!, input))),
  );
}

/** Where each hostname was read. */
type Places = ReadonlyMap<string, string | undefined>;

/** @throws NetgoatError usage: two inputs are the same hostname, in whatever spelling. */
function placesOf(domains: readonly Domain[], inputs: readonly DomainInput[]): Places {
  const places = new Map<string, string | undefined>();
  for (const [at, { hostname }] of domains.entries()) {
    const place = inputs[at]!.place;
    if (places.has(hostname)) {
      throw new NetgoatError('usage', `${place}: ${hostname} is on ${places.get(hostname)} already`, {
        hint: 'name each domain once',
      });
    }
    places.set(hostname, place);
  }
  return places;
}

function newDocument(store: Store, team: Team, input: z.output<typeof newDomain>): Promise<Domain> {
  const hostname = toHostname(input.hostname);
  return normalize(store.models, 'Domain', {
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
async function refuseTaken(
  store: Store,
  access: Access,
  domains: readonly Domain[],
  places: Places,
): Promise<void> {
  for (const batch of batches(domains)) {
    const hostnames = batch.map(({ hostname }) => hostname);
    const other = await store.models.Domain.findOne({ hostname: { $in: hostnames } }).lean<Domain>();
    if (!other) continue;
    located(places.get(other.hostname), () => {
      throw new NetgoatError('conflict', `domain ${other.hostname} exists already`, {
        hint: reaches(access, other.teamId)
          ? `see \`netgoat domain show ${other.hostname}\``
          : 'it is managed elsewhere in this control plane',
      });
    });
  }
}

/** A name under or above another team's domain would let one tenant answer for another. */
async function refuseNested(
  store: Store,
  access: Access,
  domains: readonly Domain[],
  places: Places,
): Promise<void> {
  for (const batch of batches(domains)) {
    const near = await store.models.Domain.find({
      $or: [
        { hostname: { $in: batch.flatMap(({ hostname }) => namesAbove(hostname)) } },
        ...batch.map(namesBelow),
      ],
    }).lean<Domain[]>();
    const nested = overlapping([...near, ...domains], new Set(batch));
    if (nested === undefined) continue;
    located(places.get(nested.hostname), () => {
      throw new NetgoatError('safety', `${nested.hostname} lies under or above a domain of another team`, {
        hint: access.viaToken
          ? 'a token cannot allow that: ask whoever runs the database'
          : 'if that is meant, add --allow nested-tenant',
      });
    });
  }
}

/** One of the added domains that lies under or above a domain of another team. */
function overlapping(domains: readonly Domain[], added: ReadonlySet<Domain>): Domain | undefined {
  const byName = new Map(domains.map((domain) => [domain.hostname, domain]));
  for (const domain of domains) {
    for (const name of namesAbove(domain.hostname)) {
      const above = byName.get(name);
      if (!above || above.teamId.equals(domain.teamId)) continue;
      if (added.has(domain)) return domain;
      if (added.has(above)) return above;
    }
  }
  return undefined;
}

function namesAbove(hostname: string): string[] {
  const labels = hostname.split('.');
  return labels.slice(1).map((_, at) => labels.slice(at + 1).join('.'));
}

/** All that begins with the reversed name and a dot: `/` is the character after the dot. */
function namesBelow({ reversedName }: Domain): object {
  return { reversedName: { $gte: `${reversedName}.`, $lt: `${reversedName}/` } };
}

function reversed(hostname: string): string {
  return hostname.split('.').toReversed().join('.');
}
