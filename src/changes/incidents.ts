import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { alertKinds } from '../models/alert.ts';
import type { Alert } from '../models/alert.ts';
import { newId } from '../models/base.ts';
import type { Domain } from '../models/domain.ts';
import { severities } from '../models/incident.ts';
import type { Incident, TimelineEntry } from '../models/incident.ts';
import { normalize } from '../models/normalize.ts';
import type { Access } from '../queries/access.ts';
import { findDomain } from '../queries/domains.ts';
import { findIncident, openKeyOf } from '../queries/incidents.ts';
import type { IncidentName } from '../queries/incidents.ts';
import { subjectBelow } from './cascade.ts';
import { line, prose } from './inputs.ts';
import { addition, planOf, updates } from './plan.ts';
import type { Plan } from './plan.ts';

export const newIncident = z.object({
  domain: z.string(),
  kind: z.enum(alertKinds),
  message: line(2000),
  severity: z.enum(severities).default('major'),
});

/** What a person adds to the timeline. */
export const remark = z.object({ text: prose(10_000).default('') });

/** A remark that says something. */
export const note = z.object({ text: prose(10_000).min(1, 'must not be empty') });

/**
 * A new incident of a domain, which names the domain's alert of its kind if there is one.
 * @param seen by a rule, at this time, and the mark of what it saw: a rule will resolve it. Undefined for what somebody
 * opens by hand.
 * @throws NetgoatError conflict: the domain has one of this kind that is not resolved.
 */
export async function openIncident(
  store: Store,
  access: Access,
  input: z.output<typeof newIncident>,
  now: Date,
  seen?: { at: Date; mark: string },
): Promise<Plan> {
  const { kind, message, severity } = input;
  const domain = await findDomain(store, access, input.domain);
  const openKey = openKeyOf(domain, kind);
  const before = await store.models.Incident.findOne({ openKey }).lean<Incident>();
  if (before) throw alreadyOpen(domain, before);
  const alert = await store.models.Alert.findOne({ domainId: domain._id, kind }).lean<Alert>();
  const incident = await normalize(store.models, 'Incident', {
    _id: newId(),
    teamId: domain.teamId,
    domainId: domain._id,
    alertId: alert?._id ?? null,
    kind,
    auto: seen !== undefined,
    severity,
    status: 'open',
    message,
    firstSeen: seen?.at ?? now,
    lastSeen: seen?.at ?? now,
    ...(seen === undefined ? {} : { marks: [seen.mark] }),
    timeline: [entry('opened', message, access, now)],
    openKey,
    revision: 1,
  });
  return planOf([addition(subjectBelow('incident', domain, kind), incident)], { revision: 0 });
}

function alreadyOpen(domain: Domain, { _id, kind, status }: Incident): NetgoatError {
  const id = String(_id);
  return new NetgoatError('conflict', `${domain.hostname} has an ${status} incident ${kind} already: ${id}`, {
    hint: `add to it with \`netgoat incident note ${id} …\`, or resolve it first`,
    details: { incident: id },
  });
}

/**
 * Somebody takes care of it.
 * @throws NetgoatError conflict: somebody does already, or it is resolved.
 */
export async function acknowledgeIncident(
  store: Store,
  access: Access,
  name: IncidentName,
  input: z.output<typeof remark>,
  now: Date,
): Promise<Plan> {
  return change(store, access, name, (incident) => {
    if (incident.status !== 'open') throw wrongState(incident);
    return { status: 'acknowledged', timeline: [entry('acknowledged', input.text, access, now)] };
  });
}

/**
 * It is over; the next of its kind is a new one.
 * @throws NetgoatError conflict: it is resolved already.
 */
export async function resolveIncident(
  store: Store,
  access: Access,
  name: IncidentName,
  input: z.output<typeof remark>,
  now: Date,
): Promise<Plan> {
  return change(store, access, name, (incident) => {
    if (incident.status === 'resolved') throw wrongState(incident);
    const timeline = [entry('resolved', input.text, access, now)];
    return { status: 'resolved', resolvedAt: now, timeline };
  });
}

/**
 * It has become worse; the message says how it is now.
 * @throws NetgoatError conflict: it is resolved.
 */
export async function escalateIncident(
  store: Store,
  access: Access,
  name: IncidentName,
  { severity, text }: { severity: Incident['severity']; text: string },
  now: Date,
): Promise<Plan> {
  return change(store, access, name, (incident) => {
    if (incident.status === 'resolved') throw wrongState(incident);
    const timeline = [entry('escalated', `${severity}: ${text}`, access, now)];
    return { severity, message: text, timeline };
  });
}

/** A remark on its timeline, whatever its state. */
export async function noteIncident(
  store: Store,
  access: Access,
  name: IncidentName,
  input: z.output<typeof note>,
  now: Date,
): Promise<Plan> {
  return change(store, access, name, () => ({ timeline: [entry('note', input.text, access, now)] }));
}

/** The fields that move; the timeline grows by the entries given. */
async function change(
  store: Store,
  access: Access,
  name: IncidentName,
  edit: (incident: Incident) => Partial<Incident> & Pick<Incident, 'timeline'>,
): Promise<Plan> {
  const incident = await findIncident(store, access, name);
  const domain = await findDomain(store, access, String(incident.domainId));
  const { openKey, ...rest } = incident;
  const edits = edit(incident);
  const next = await normalize(store.models, 'Incident', {
    ...rest,
    ...edits,
    timeline: [...incident.timeline, ...edits.timeline],
    // Absent and not null once it is resolved: the unique index is sparse.
    ...(edits.status === 'resolved' ? {} : { openKey }),
  });
  const changes = updates(subjectBelow('incident', domain, incident.kind), incident, next);
  return planOf(changes, { revision: incident.revision });
}

function wrongState({ _id, kind, status, timeline }: Incident): NetgoatError {
  const by = timeline.findLast(({ event }) => event === status);
  const who = by === undefined ? '' : ` (${by.actor}, ${by.at.toISOString()})`;
  return new NetgoatError('conflict', `the incident ${kind} is ${status} already${who}`, {
    hint: `see \`netgoat incident show ${String(_id)}\``,
  });
}

function entry(event: TimelineEntry['event'], text: string, access: Access, at: Date): TimelineEntry {
  return { at, actor: access.actor, event, text };
}
