import { formatTtl } from '../dns/ttl.ts';
import type { AlertState } from '../models/alert-state.ts';
import type { Alert } from '../models/alert.ts';
import type { Watched } from './alert-states.ts';
import { holds } from './alert-states.ts';
import type { Desk } from './judge.ts';
import { inTurns } from './turns.ts';
import { MINUTE_MS } from './traffic.ts';

const AT_ONCE = 8;

/** How a streak stands; `unknown`: nobody tells of the domain. */
interface Standing {
  state: 'ok' | 'pending' | 'unknown';
  text: string;
}

/**
 * How alerts on streaks stand, by the id of each. The edges count them and there is nothing to probe, so this says only
 * what was reported.
 */
export async function streaksOf(desk: Desk, watched: readonly Watched[]): Promise<[string, Standing][]> {
  const alertIds = watched.map(({ alert }) => alert._id);
  const states = await desk.store.models.AlertState.find({ alertId: { $in: alertIds } })
    .sort({ at: -1 })
    .lean<AlertState[]>();
  const byAlert = new Map<string, AlertState[]>(alertIds.map((id) => [String(id), []]));
  for (const state of states) byAlert.get(String(state.alertId))!.push(state);
  return inTurns(watched, AT_ONCE, async ({ alert }) => {
    const id = String(alert._id);
    return [id, await standingOf(desk, alert, byAlert.get(id)!)];
  });
}

async function standingOf(desk: Desk, alert: Alert, states: readonly AlertState[]): Promise<Standing> {
  const worst = states.find((state) => holds(alert, state)) ?? states[0];
  if (worst?.bad === true) return { state: 'pending', text: worst.text };
  if (!(await hasTraffic(desk, alert))) {
    return { state: 'unknown', text: `no traffic was reported in the last ${formatTtl(alert.window)}` };
  }
  return { state: 'ok', text: worst?.text ?? 'no streak was reported' };
}

async function hasTraffic({ store, now }: Desk, { domainId, window }: Alert): Promise<boolean> {
  const from = now().getTime() - window * 1_000;
  const found = await store.models.AnalyticsData.exists({
    domainId,
    granularity: { $in: ['minute', 'hour'] },
    bucket: { $gte: new Date(from - (from % MINUTE_MS)) },
    requests: { $gt: 0 },
  });
  return found !== null;
}
