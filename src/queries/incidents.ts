import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { AlertState } from '../models/alert-state.ts';
import type { Domain } from '../models/domain.ts';
import type { Incident } from '../models/incident.ts';
import { tenantFilter } from './access.ts';
import type { Access } from './access.ts';
import { findDomain } from './domains.ts';
import { MAX_CANDIDATES } from './lookup.ts';
import { withOwners } from './owners.ts';
import type { Owned } from './owners.ts';

/** An incident with the hostname of its domain and the slug of its team. */
export type IncidentRow = Owned<Incident>;

/** One at length. */
export interface ShownIncident extends IncidentRow {
  /** What its alert has observed last, as long as it is not resolved. */
  seen: string | null;
}

/** Which incident: its id or the beginning of it, or a domain and a kind of which one is not resolved. */
export interface IncidentName {
  incident: string;
  kind?: string | undefined;
}

/** What narrows a list of incidents. */
export interface IncidentFilter {
  domain?: string;
  kind?: Incident['kind'];
  severity?: Incident['severity'];
  statuses?: readonly Incident['status'][];
  /** Those first seen at this time or later. */
  since?: Date;
}

/** So many digits of an id at least, so that one is not found by chance. */
const SHORTEST_ID = 4;

/** What `openKey` holds while an incident of this domain and kind is not resolved. */
export function openKeyOf(domain: Pick<Domain, '_id'>, kind: string): string {
  return `${String(domain._id)} ${kind}`;
}

/**
 * The incident of this name.
 * @throws NetgoatError not-found: there is none within reach; usage: the id is cut too short to tell which.
 */
export async function findIncident(store: Store, access: Access, name: IncidentName): Promise<Incident> {
  return name.kind === undefined
    ? byId(store, access, name.incident)
    : unresolved(store, access, name.incident, name.kind);
}

async function unresolved(store: Store, access: Access, name: string, kind: string): Promise<Incident> {
  const domain = await findDomain(store, access, name);
  const incident = await store.models.Incident.findOne({
    openKey: openKeyOf(domain, kind),
  }).lean<Incident>();
  if (incident) return incident;
  throw new NetgoatError('not-found', `${domain.hostname} has no open incident ${kind}`, {
    hint: `see \`netgoat incident list --domain ${domain.hostname} --status all\``,
  });
}

async function byId(store: Store, access: Access, prefix: string): Promise<Incident> {
  const digits = prefix.toLowerCase();
  if (!/^[0-9a-f]{1,24}$/.test(digits)) {
    throw new NetgoatError('not-found', `no incident "${prefix}"`, {
      hint: 'give its id, or a domain and a kind: `netgoat incident show shop.example.com downtime`',
    });
  }
  if (digits.length < SHORTEST_ID) {
    throw new NetgoatError('usage', `"${prefix}" is too short for an id: give ${SHORTEST_ID} digits or more`);
  }
  const range = { $gte: digits.padEnd(24, '0'), $lte: digits.padEnd(24, 'f') };
  const found = await store.models.Incident.find({ ...tenantFilter(access), _id: range })
    .sort({ _id: 1 })
    .limit(MAX_CANDIDATES)
    .lean<Incident[]>();
  const [incident, ...others] = found;
  if (incident && others.length === 0) return incident;
  if (!incident) {
    throw new NetgoatError('not-found', `no incident "${prefix}"`, {
      hint: 'see `netgoat incident list --status all`',
    });
  }
  const shown = found.slice(0, 5).map(({ _id }) => String(_id));
  throw new NetgoatError('usage', `${found.length} incidents begin with "${prefix}"`, {
    hint: `give more of the id: ${shown.join(', ')}${found.length > shown.length ? ', …' : ''}`,
  });
}

/** One incident with its domain and team, and what was seen last. */
export async function showIncident(store: Store, access: Access, name: IncidentName): Promise<ShownIncident> {
  const [incident] = await withOwners(store, [await findIncident(store, access, name)]);
  return { ...incident!, seen: await lastSeenOf(store, incident!) };
}

async function lastSeenOf(store: Store, { alertId, status }: Incident): Promise<string | null> {
  if (alertId === null || status === 'resolved') return null;
  const state = await store.models.AlertState.findOne({ alertId }).sort({ at: -1 }).lean<AlertState>();
  return state?.text ?? null;
}

/** The incidents within reach, the newest first. */
export async function listIncidents(
  store: Store,
  access: Access,
  only: IncidentFilter = {},
): Promise<IncidentRow[]> {
  const domain = only.domain === undefined ? undefined : await findDomain(store, access, only.domain);
  const filter = {
    ...tenantFilter(access),
    ...(domain === undefined ? {} : { domainId: domain._id }),
    ...(only.kind === undefined ? {} : { kind: only.kind }),
    ...(only.severity === undefined ? {} : { severity: only.severity }),
    ...(only.statuses === undefined ? {} : statusFilter(only.statuses)),
    ...(only.since === undefined ? {} : { firstSeen: { $gte: only.since } }),
  };
  const incidents = await store.models.Incident.find(filter)
    .sort({ firstSeen: -1, _id: -1 })
    .lean<Incident[]>();
  return withOwners(store, incidents);
}

/** Those that are not resolved are few, and found by their key; the others are the past. */
function statusFilter(statuses: readonly Incident['status'][]) {
  const status = { $in: [...statuses] };
  return statuses.includes('resolved') ? { status } : { status, openKey: { $gt: '' } };
}
