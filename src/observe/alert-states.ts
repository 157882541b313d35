import { isDuplicateKey } from '../database/duplicate-key.ts';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { AlertState } from '../models/alert-state.ts';
import type { Alert } from '../models/alert.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import type { Domain } from '../models/domain.ts';
import type { Incident } from '../models/incident.ts';

/** An alert and the domain that it watches. */
export interface Watched {
  alert: Alert;
  domain: Domain;
}

/** One observation of what an alert watches. */
export interface Reading {
  /** The edge node that it comes from; null for a probe, and for what all nodes saw together. */
  node: Id | null;
  /** The time that it tells of; a probe begins when it ends. */
  from: Date;
  at: Date;
  bad: boolean;
  /** What was seen: `7 answers of 502 in a row at edge-1`. */
  text: string;
  /** How bad an incident would be. */
  severity: Incident['severity'];
}

const MAX_ATTEMPTS = 8;

/** How many bad readings in a row make the condition of an alert: of downtime its threshold, else one will do. */
function inARow({ kind, threshold }: Alert): number {
  return kind === 'downtime' ? threshold : 1;
}

/** Whether what was observed last is what the alert is to speak up about. */
export function holds(alert: Alert, { bad, failures }: AlertState): boolean {
  return bad && failures >= inARow(alert);
}

/**
 * Notes a reading as the newest of its source; one that is noted already stays as it is.
 * @returns how things stand now; null if a newer one is known: what is late changes nothing.
 * @throws NetgoatError not-found: the alert was removed meanwhile.
 */
export async function noteReading(
  store: Store,
  { alert, domain }: Watched,
  reading: Reading,
): Promise<AlertState | null> {
  const { AlertState: model } = store.models;
  const source = { alertId: alert._id, node: reading.node };
  for (let attempt = 1; ; attempt++) {
    const known = await model.findOne(source).lean<AlertState>();
    if (known !== null && known.at > reading.at) return null;
    if (known?.at.getTime() === reading.at.getTime()) return known;
    const next = following(alert, known, reading);
    const state = { _id: known?._id ?? newId(), ...source, domainId: domain._id, ...next };
    const isNoted =
      known === null
        ? await addState(store, domain, alert, state)
        : (await model.updateOne({ _id: known._id, at: known.at }, { $set: next })).matchedCount === 1;
    if (isNoted) return state;
    // Somebody else has noted another reading of this source meanwhile.
    if (attempt === MAX_ATTEMPTS) {
      throw new NetgoatError('conflict', `the alert ${alert.kind} of ${domain.hostname} is judged by others`);
    }
  }
}

/** The first state of a source; false if somebody else has added one. */
async function addState(
  store: Store,
  { hostname }: Domain,
  alert: Alert,
  state: AlertState,
): Promise<boolean> {
  const { AlertState: model, Alert: alerts } = store.models;
  try {
    await model.collection.insertOne(state);
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
  // Its alert may have been removed since it was looked at, with all states that there were.
  if (await alerts.exists({ _id: alert._id })) return true;
  await model.deleteOne({ _id: state._id });
  throw new NetgoatError('not-found', `the alert ${alert.kind} of ${hostname} was removed`);
}

function following(alert: Alert, known: AlertState | null, { from, at, bad, text }: Reading) {
  const badAt = known?.badAt ?? null;
  if (!bad) {
    // What it tells of may have begun before it was bad.
    const since = badAt !== null && badAt > from ? badAt : from;
    return { at, bad, text, failures: 0, badAt, goodSince: known?.goodSince ?? since };
  }
  const failures = (known?.failures ?? 0) + 1;
  return { at, bad, text, failures, badAt: failures >= inARow(alert) ? at : badAt, goodSince: null };
}

/**
 * Whether every source that was bad since an incident began has been well for the window of its rule. A source that has
 * fallen silent has not: silence is no recovery.
 */
export async function isOver(store: Store, alert: Alert, incident: Incident): Promise<boolean> {
  const sources = await sourcesOf(store, alert, incident);
  return sources.every(
    ({ at, goodSince }) => goodSince !== null && at.getTime() - goodSince.getTime() >= alert.window * 1_000,
  );
}

/** When an incident will be over if all stays well and is heard of; null as long as something is bad. */
export async function overAt(store: Store, alert: Alert, incident: Incident): Promise<Date | null> {
  const sources = await sourcesOf(store, alert, incident);
  const since = sources.map(({ goodSince }) => goodSince?.getTime() ?? Infinity);
  const last = Math.max(...since);
  return Number.isFinite(last) ? new Date(last + alert.window * 1_000) : null;
}

/** How things stand at each source that was bad since an incident began. */
function sourcesOf(store: Store, { _id }: Alert, { firstSeen }: Incident): Promise<AlertState[]> {
  return store.models.AlertState.find({ alertId: _id, badAt: { $gte: firstSeen } }).lean<AlertState[]>();
}
