import { applyPlan } from '../changes/apply.ts';
import { escalateIncident, newIncident, openIncident, resolveIncident } from '../changes/incidents.ts';
import { parse } from '../changes/inputs.ts';
import type { Plan } from '../changes/plan.ts';
import { isDuplicateKey } from '../database/duplicate-key.ts';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { severities } from '../models/incident.ts';
import type { Incident } from '../models/incident.ts';
import type { Access } from '../queries/access.ts';
import { openKeyOf } from '../queries/incidents.ts';
import { holds, isOver, noteReading } from './alert-states.ts';
import type { Reading, Watched } from './alert-states.ts';
import type { Notice, Notifier } from './notify/notifier.ts';
import { markOf } from './traffic.ts';

/** What judging works with. */
export interface Desk {
  readonly store: Store;
  readonly notifier: Notifier;
  now(): Date;
}

/** What a reading came to. */
export interface Judgement {
  /** `pending`: it is bad, but not for long enough; `failing`: an incident is not resolved. */
  state: 'ok' | 'pending' | 'failing';
  incident: Incident | null;
  event: Notice['event'] | 'added' | null;
}

const MAX_ATTEMPTS = 5;
const MARKS_KEPT = 128;
const LONGEST_MESSAGE = 2_000;

/**
 * Judges one observation by the rule of an alert: it opens an incident, adds to the one there is, makes it worse, or
 * resolves it. A reading that is older than another of its source changes nothing; judging one again, after an
 * interruption, does what was left to do.
 * @throws NetgoatError not-found: the alert or its domain was removed meanwhile.
 */
export async function judge(desk: Desk, watched: Watched, reading: Reading): Promise<Judgement> {
  const { store } = desk;
  const state = await noteReading(store, watched, reading);
  const incident = await unresolved(store, watched);
  const standing = incident === null ? 'ok' : 'failing';
  if (state === null) return { state: standing, incident, event: null };
  if (holds(watched.alert, state)) return fail(desk, watched, reading, incident);
  if (reading.bad) return { state: incident === null ? 'pending' : 'failing', incident, event: null };
  if (incident?.auto !== true || !(await isOver(store, watched.alert, incident))) {
    return { state: standing, incident, event: null };
  }
  return recover(desk, watched, reading, incident);
}

/** The incident of the domain and kind that is not resolved. */
async function unresolved(store: Store, { alert, domain }: Watched): Promise<Incident | null> {
  const openKey = openKeyOf(domain, alert.kind);
  return store.models.Incident.findOne({ openKey }).lean<Incident>();
}

async function fail(
  desk: Desk,
  watched: Watched,
  reading: Reading,
  incident: Incident | null,
): Promise<Judgement> {
  if (incident === null) {
    const opened = await open(desk, watched, reading);
    if (opened.event === 'opened') return opened;
    incident = opened.incident!;
  }
  const added = await add(desk.store, watched, reading, incident);
  if (severities.indexOf(reading.severity) <= severities.indexOf(incident.severity)) {
    return { state: 'failing', incident, event: added ? 'added' : null };
  }
  const worse = { severity: reading.severity, text: clipped(reading.text) };
  return act(desk, watched, 'escalated', (access) =>
    escalateIncident(desk.store, access, nameOf(incident), worse, desk.now()),
  );
}

/** Counts a reading; false if it was counted before. */
async function add(store: Store, watched: Watched, reading: Reading, { _id }: Incident): Promise<boolean> {
  const mark = readingMark(watched, reading);
  const { modifiedCount } = await store.models.Incident.updateOne(
    { _id, marks: { $ne: mark } },
    {
      $inc: { count: 1 },
      $max: { lastSeen: reading.at },
      $push: { marks: { $each: [mark], $slice: -MARKS_KEPT } },
    },
  );
  return modifiedCount === 1;
}

function readingMark({ alert }: Watched, { node, at }: Reading): string {
  return markOf(alert._id, node, at.toISOString());
}

/** Opens an incident, unless somebody has opened one meanwhile. */
async function open(desk: Desk, watched: Watched, reading: Reading): Promise<Judgement> {
  const { alert, domain } = watched;
  const { severity, text } = reading;
  const input = parse(newIncident, {
    domain: String(domain._id),
    kind: alert.kind,
    severity,
    message: clipped(text),
  });
  const seen = { at: reading.at, mark: readingMark(watched, reading) };
  return act(desk, watched, 'opened', (access) => openIncident(desk.store, access, input, desk.now(), seen));
}

async function recover(
  desk: Desk,
  watched: Watched,
  reading: Reading,
  incident: Incident,
): Promise<Judgement> {
  const text = clipped(reading.text);
  return act(desk, watched, 'resolved', (access) =>
    resolveIncident(desk.store, access, nameOf(incident), { text }, desk.now()),
  );
}

/**
 * Writes what a rule has decided, as any other Change, and has it told. If somebody else has been faster, with the same
 * or another decision, that is what holds.
 */
async function act(
  { store, notifier }: Desk,
  watched: Watched,
  event: Notice['event'],
  plan: (access: Access) => Promise<Plan>,
): Promise<Judgement> {
  const access = ruleOf(watched);
  const by = { actor: access.actor, command: access.actor, message: '' };
  for (let attempt = 1; ; attempt++) {
    try {
      const planned = await plan(access);
      await applyPlan(store, access, planned, by);
      const incident = await changed(store, planned);
      notifier.tell({ event, incident, ...watched });
      return { state: event === 'resolved' ? 'ok' : 'failing', incident, event };
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      const incident = await unresolved(store, watched);
      if ((incident !== null) === (event === 'opened'))
        return { state: incident === null ? 'ok' : 'failing', incident, event: null };
      if (attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function changed(store: Store, { changes }: Plan): Promise<Incident> {
  return (await store.models.Incident.findById(changes[0]!.id).lean<Incident>())!;
}

/** A rule reaches the team of its domain alone. */
function ruleOf({ alert, domain }: Watched): Access {
  return {
    actor: `alert ${alert.kind}`,
    teams: [domain.teamId],
    scopes: new Set(['read', 'write'] as const),
    viaToken: false,
  };
}

/** Whether there is nothing left to judge. */
export function isGone(error: unknown): boolean {
  return error instanceof NetgoatError && error.code === 'not-found';
}

function isOvertaken(error: unknown): boolean {
  if (error instanceof NetgoatError) return error.code === 'conflict';
  return isDuplicateKey(error);
}

function nameOf({ _id }: Incident): { incident: string } {
  return { incident: String(_id) };
}

function clipped(text: string): string {
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE - 1)}…`;
}
