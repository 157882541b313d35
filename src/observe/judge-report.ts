import type { AlertState } from '../models/alert-state.ts';
import type { Alert } from '../models/alert.ts';
import type { Incident } from '../models/incident.ts';
import type { Reading, Watched } from './alert-states.ts';
import { isGone, judge } from './judge.ts';
import type { Desk } from './judge.ts';
import type { Reported, Reporter } from './reports.ts';
import { isShare, shareReadings, streakReading } from './rules.ts';

/** The kinds of which an edge can tell. */
const KINDS = ['bad-gateway-streak', 'error-rate'] as const;

/**
 * Has the alerts of the domains in a report judge it. A domain that is well and was well costs nothing, however many
 * there are: it has neither a state nor an incident.
 */
export async function judgeReport(
  desk: Desk,
  { node, name }: Reporter,
  reported: readonly Reported[],
  { from, to: at }: { from: Date; to: Date },
): Promise<void> {
  const { store } = desk;
  const byDomain = new Map(reported.map((each) => [String(each.domain._id), each]));
  const alerts = await store.models.Alert.find({
    domainId: { $in: reported.map(({ domain }) => domain._id) },
    kind: { $in: [...KINDS] },
    enabled: true,
  }).lean<Alert[]>();
  if (alerts.length === 0) return;
  const watched = alerts.map((alert) => ({ alert, ...byDomain.get(String(alert.domainId))! }));
  const shares = watched.filter(({ alert, counts }) => isShare(alert) && counts.requests > 0);
  const readings = await shareReadings(store, shares, at);
  const judged = watched.map(({ alert, domain, counts }): [Watched, Reading | null] => {
    const reading = isShare(alert)
      ? (readings.get(String(alert._id)) ?? null)
      : streakReading(alert, { node, name, from, at, ...counts });
    return [{ alert, domain }, reading];
  });
  const troubled = await troubledOf(desk, alerts);
  for (const [each, reading] of judged) {
    if (reading === null) continue;
    if (!reading.bad && !troubled.has(String(each.alert._id))) continue;
    await judge(desk, each, reading).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }
}

/** The alerts that have something to get over, by their ids: what is well and was well needs no judge. */
export async function troubledOf({ store }: Desk, alerts: readonly Alert[]): Promise<Set<string>> {
  if (alerts.length === 0) return new Set();
  const alertIds = alerts.map(({ _id }) => _id);
  const states = await store.models.AlertState.find({ alertId: { $in: alertIds } }, { alertId: 1 }).lean<
    AlertState[]
  >();
  const incidents = await store.models.Incident.find(
    {
      alertId: { $in: alertIds },
      domainId: { $in: alerts.map(({ domainId }) => domainId) },
      status: { $ne: 'resolved' },
    },
    { alertId: 1 },
  ).lean<Incident[]>();
  return new Set([...states, ...incidents].map(({ alertId }) => String(alertId)));
}
