import type { Store } from '../database/store.ts';
import type { Alert } from '../models/alert.ts';
import type { Id } from '../models/base.ts';
import type { Incident } from '../models/incident.ts';
import type { Reading, Watched } from './alert-states.ts';
import { MINUTE_MS } from './traffic.ts';

/** Shares of fewer answers than this say nothing: one error of two is no trend. */
const FEWEST_ANSWERS = 10;
const FEW_OF_502S = 10;

/** What a node says of a streak. */
export interface Streak {
  node: Id | null;
  /** The node's name, if it has one. */
  name: string | null;
  from: Date;
  at: Date;
  requests: number;
  badGatewayStreak: number;
}

/** Whether the rule of an alert is about a share of the answers of all nodes, and not about what one saw in a row. */
export function isShare({ kind, percent }: Alert): boolean {
  return kind === 'error-rate' || (kind === 'bad-gateway-streak' && percent === true);
}

/** A reading of 502s in a row; null where there was no traffic, which says nothing. */
export function streakReading({ threshold }: Alert, streak: Streak): Reading | null {
  const { node, name, from, at, requests, badGatewayStreak: length } = streak;
  if (requests === 0) return null;
  const text = `${length} answers of 502 in a row${name === null ? '' : ` at ${name}`}`;
  const severity = length >= FEW_OF_502S * threshold ? 'critical' : 'major';
  return { node, from, at, bad: length >= threshold, text, severity };
}

interface Counted {
  _id: Id;
  requests: number;
  errors: number;
  badGateway: number;
}

/**
 * Readings of the shares that alerts are about, from what was counted in their windows up to a time; none for those
 * whose domains had no traffic, or too little to tell.
 * @param watched alerts of which `isShare` holds.
 * @returns by the id of the alert.
 */
export async function shareReadings(
  store: Store,
  watched: readonly Watched[],
  at: Date,
): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>();
  for (const window of new Set(watched.map(({ alert }) => alert.window))) {
    const alike = watched.filter(({ alert }) => alert.window === window);
    const counted = await countsOf(store, alike, minuteOf(at.getTime() - window * 1_000), at);
    for (const { alert, domain } of alike) {
      const reading = shareReading(alert, counted.get(String(domain._id)), at);
      if (reading !== null) readings.set(String(alert._id), reading);
    }
  }
  return readings;
}

async function countsOf(
  store: Store,
  watched: readonly Watched[],
  from: Date,
  upTo: Date,
): Promise<Map<string, Counted>> {
  const domainIds = watched.map(({ domain }) => domain._id);
  const counted = await store.models.AnalyticsData.aggregate<Counted>([
    {
      $match: {
        domainId: { $in: domainIds },
        granularity: { $in: ['minute', 'hour'] },
        bucket: { $gte: from, $lte: upTo },
      },
    },
    {
      $group: {
        _id: '$domainId',
        requests: { $sum: '$requests' },
        errors: { $sum: '$status.5xx' },
        badGateway: { $sum: '$badGateway' },
      },
    },
  ]);
  return new Map(counted.map((each) => [String(each._id), each]));
}

/** The beginning of a minute: what began within it is counted there. */
function minuteOf(time: number): Date {
  return new Date(time - (time % MINUTE_MS));
}

function shareReading(alert: Alert, counted: Counted | undefined, at: Date): Reading | null {
  if (counted === undefined || counted.requests === 0) return null;
  const errors = alert.kind === 'error-rate' ? counted.errors : counted.badGateway;
  const share = (100 * errors) / counted.requests;
  const bad = share >= alert.threshold;
  if (bad && counted.requests < FEWEST_ANSWERS) return null;
  const what = alert.kind === 'error-rate' ? '5xx' : '502';
  const text = `${share.toFixed(1)} % of ${counted.requests} answers are ${what}`;
  return { node: null, from: at, at, bad, text, severity: severityOf(share) };
}

function severityOf(share: number): Incident['severity'] {
  return share >= 50 ? 'critical' : 'major';
}
