import type { X509Certificate } from 'node:crypto';
import { applyPlan } from '../changes/apply.ts';
import { isStale } from '../changes/stale.ts';
import { observeTls } from '../changes/tls.ts';
import type { Domain } from '../models/domain.ts';
import type { Access } from '../queries/access.ts';
import { listAlerts } from '../queries/alerts.ts';
import type { AlertRow } from '../queries/alerts.ts';
import { formatTtl } from '../dns/ttl.ts';
import { listIncidents, openKeyOf } from '../queries/incidents.ts';
import type { IncidentRow } from '../queries/incidents.ts';
import { overAt } from './alert-states.ts';
import type { Reading } from './alert-states.ts';
import { isGone, judge } from './judge.ts';
import type { Desk, Judgement } from './judge.ts';
import { troubledOf } from './judge-report.ts';
import { probe } from './probes/probe.ts';
import type { ProbeOptions, Seen } from './probes/probe.ts';
import { findingOf, unseenWords } from './probes/readings.ts';
import { isShare, shareReadings } from './rules.ts';
import { streaksOf } from './streaks.ts';
import { inTurns } from './turns.ts';

/**
 * How an alert stands. `unknown`: there is nothing to tell by; `pending`: it is bad, but not for long enough;
 * `recovering`: all is well again, but not for long enough.
 */
type CheckState = Judgement['state'] | 'unknown' | 'recovering';

/** What a check came to for one alert. */
export interface CheckRow {
  alert: AlertRow;
  state: CheckState;
  /** What was seen, in words. */
  seen: string;
  /** What the check has done about the incident. */
  event: Judgement['event'];
  /** The one that is not resolved. */
  incident: IncidentRow | null;
  /** When that will be over if all stays well. */
  overAt: Date | null;
}

/** What a check came to. */
export interface Checked {
  rows: CheckRow[];
  /** All that are not resolved, of the domains that were looked at. */
  open: IncidentRow[];
}

/** An alert and its domain. */
interface Subject {
  alert: AlertRow;
  domain: Domain;
}

/** What was seen for an alert; where it is no reading, it is nothing to judge. */
type Sight = { reading: Reading } | { state: CheckState; text: string };

const PROBES_AT_ONCE = 16;
const JUDGED_AT_ONCE = 4;
const MAX_ATTEMPTS = 5;
const PROBED: readonly string[] = ['downtime', 'tls-expiry'];

/**
 * Looks at everything that the enabled alerts of enabled domains watch, and has it judged: it probes for downtime and
 * certificates, whose lifecycle is kept on the domain, and counts what the edges have reported for the rest.
 * @param probed is told how far the probes are.
 * @throws NetgoatError not-found: no such domain within reach.
 */
export async function checkAlerts(
  desk: Desk,
  access: Access,
  only: { domain?: string },
  options: ProbeOptions,
  probed: (done: number, of: number) => void,
): Promise<Checked> {
  const { store } = desk;
  const alerts = await listAlerts(store, access, { ...only, enabled: true });
  const domains = await enabledOf(desk, alerts);
  const subjects = alerts.flatMap((alert) => {
    const domain = domains.get(String(alert.domainId));
    return domain === undefined ? [] : [{ alert, domain }];
  });
  const sights = await sightsOf(desk, access, subjects, options, probed);
  const troubled = await troubledOf(desk, alerts);
  const judged = await inTurns(subjects, JUDGED_AT_ONCE, (subject) => {
    const id = String(subject.alert._id);
    return judgeSight(desk, subject, sights.get(id)!, troubled.has(id));
  });
  const open = await openIncidents(desk, access, only);
  const byKey = new Map(open.map((incident) => [incident.openKey, incident]));
  const standings = await inTurns(subjects, JUDGED_AT_ONCE, async ({ alert, domain }) =>
    standingOf(desk, alert, byKey.get(openKeyOf(domain, alert.kind)) ?? null),
  );
  const rows = subjects.map(({ alert }, at) => ({ alert, ...judged[at]!, ...standings[at]! }));
  return { rows, open };
}

/** Until an incident is resolved it is not over, whatever was seen last. */
async function standingOf(
  { store }: Desk,
  alert: AlertRow,
  incident: IncidentRow | null,
): Promise<Pick<CheckRow, 'incident' | 'overAt'> & { state?: CheckState }> {
  if (incident === null) return { incident, overAt: null };
  const end = incident.auto === true ? await overAt(store, alert, incident) : null;
  return { state: end === null ? 'failing' : 'recovering', incident, overAt: end };
}

/** What was seen, and what the judge says of it. */
type Judged = Pick<CheckRow, 'state' | 'seen' | 'event'>;

async function judgeSight(desk: Desk, subject: Subject, sight: Sight, isTroubled: boolean): Promise<Judged> {
  if (!('reading' in sight)) return { state: sight.state, seen: sight.text, event: null };
  const { bad, text: seen } = sight.reading;
  if (!bad && !isTroubled) return { state: 'ok', seen, event: null };
  try {
    const { state, event } = await judge(desk, subject, sight.reading);
    // Another check that looked a moment later is about to say so.
    return { state: bad && state === 'ok' ? 'pending' : state, seen, event };
  } catch (error) {
    if (!isGone(error)) throw error;
    return { state: 'unknown', seen: 'the alert was removed meanwhile', event: null };
  }
}

async function enabledOf(
  { store }: Desk,
  below: readonly { domainId: Domain['_id'] }[],
): Promise<Map<string, Domain>> {
  if (below.length === 0) return new Map();
  const ids = below.map(({ domainId }) => domainId);
  const domains = await store.models.Domain.find({ _id: { $in: ids }, enabled: true }).lean<Domain[]>();
  return new Map(domains.map((domain) => [String(domain._id), domain]));
}

/** Those that a rule opened and those that were opened by hand. */
async function openIncidents(desk: Desk, access: Access, only: { domain?: string }): Promise<IncidentRow[]> {
  const statuses = ['open', 'acknowledged'] as const;
  const open = await listIncidents(desk.store, access, { ...only, statuses });
  const domains = await enabledOf(desk, open);
  return open.filter(({ domainId }) => domains.has(String(domainId)));
}

/** What there is to see for each alert, by its id. */
async function sightsOf(
  desk: Desk,
  access: Access,
  subjects: readonly Subject[],
  options: ProbeOptions,
  probed: (done: number, of: number) => void,
): Promise<Map<string, Sight>> {
  const toProbe = subjects.filter(({ alert }) => PROBED.includes(alert.kind));
  const shares = subjects.filter(({ alert }) => isShare(alert));
  const streaks = subjects.filter((subject) => !toProbe.includes(subject) && !shares.includes(subject));
  return new Map([
    ...(await probeAll(desk, access, toProbe, options, probed)),
    ...(await countAll(desk, shares)),
    ...(await streaksOf(desk, streaks)),
  ]);
}

async function probeAll(
  desk: Desk,
  access: Access,
  subjects: readonly Subject[],
  options: ProbeOptions,
  probed: (done: number, of: number) => void,
): Promise<[string, Sight][]> {
  const domains = [...new Map(subjects.map(({ domain }) => [String(domain._id), domain])).values()];
  let done = 0;
  const probes = await inTurns(domains, PROBES_AT_ONCE, async (domain) => {
    const from = desk.now();
    const seen = await probe(domain, options);
    probed(++done, domains.length);
    return { id: String(domain._id), seen, from, at: desk.now() };
  });
  await keepTls(desk, access, new Map(probes.map(({ id, seen }) => [id, seen.certificate])));
  const byDomain = new Map(probes.map((each) => [each.id, each]));
  return subjects.map((subject) => {
    const { seen, from, at } = byDomain.get(String(subject.domain._id))!;
    return [String(subject.alert._id), sightOf(subject, seen, from, at)];
  });
}

function sightOf(subject: Subject, seen: Seen, from: Date, at: Date): Sight {
  const finding = findingOf(subject, seen, at);
  if (finding === null) return { state: 'unknown', text: unseenWords(subject.domain, seen) };
  return { reading: { node: null, from, at, ...finding } };
}

/** A certificate that has changed, or has ended, is a Change; again, if somebody else has written meanwhile. */
async function keepTls(
  { store, now }: Desk,
  access: Access,
  seen: ReadonlyMap<string, X509Certificate | null>,
): Promise<void> {
  const by = { actor: access.actor, command: 'netgoat alert check', message: '' };
  for (let attempt = 1; ; attempt++) {
    const plan = await observeTls(store, access, seen, now());
    try {
      await applyPlan(store, access, plan, by);
      return;
    } catch (error) {
      if (!isStale(error) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function countAll(desk: Desk, subjects: readonly Subject[]): Promise<[string, Sight][]> {
  const readings = await shareReadings(desk.store, subjects, desk.now());
  return subjects.map(({ alert }) => {
    const reading = readings.get(String(alert._id));
    const text = `too few answers to tell in the last ${formatTtl(alert.window)}`;
    return [String(alert._id), reading === undefined ? { state: 'unknown', text } : { reading }];
  });
}
