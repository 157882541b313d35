import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { noTraffic } from '../../src/models/analytics-data.ts';
import type { AnalyticsData, Granularity } from '../../src/models/analytics-data.ts';
import { countOnce } from '../../src/observe/traffic.ts';
import { controlPlane } from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';

/** How much was counted; answers are 2xx unless it says otherwise. */
interface Counts {
  requests: number;
  ok?: number;
  bad?: number;
  hits?: number;
}

let marks = 0;

/** Works on the store of a control plane, beside its commands. */
export async function onStore<T>(plane: ControlPlane, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(parseTarget(plane.database, {}));
  return work(store).finally(() => store.close());
}

/** Counts traffic of a domain, by when it was. */
export function countTraffic(
  plane: ControlPlane,
  domain: string,
  at: Record<string, Counts>,
  granularity: Granularity = 'minute',
): Promise<void> {
  return onStore(plane, async (store) => {
    const found = await store.models.Domain.findOne({ hostname: domain }).lean<{
      _id: never;
      teamId: never;
    }>();
    const { _id: domainId, teamId } = found!;
    const increments = Object.entries(at).map(([time, { requests, ok = requests, bad = 0, hits = 0 }]) => ({
      teamId,
      domainId,
      granularity,
      bucket: new Date(time),
      traffic: {
        ...noTraffic(),
        requests,
        bytesIn: requests * 10,
        bytesOut: requests * 1_000,
        cacheHits: hits,
        status: { ...noTraffic().status, '2xx': ok, '5xx': bad },
        badGateway: bad,
      },
    }));
    await countOnce(store, increments, `test ${(marks += 1)}`);
  });
}

/** All that was counted, the oldest first. */
export function allBuckets(plane: ControlPlane): Promise<AnalyticsData[]> {
  return onStore(plane, (store) =>
    store.models.AnalyticsData.find().sort({ bucket: 1 }).lean<AnalyticsData[]>(),
  );
}

export const SHOP = 'shop.example.com';
/** When the traffic of tests is looked at. */
export const NOW = new Date('2026-03-10T12:30:30Z');

/** What `analytics show -o json` gives. */
interface Shown {
  domain: string | null;
  team: string | null;
  from: string;
  to: string;
  by: string;
  totals: Record<string, unknown>;
  periods: { from: string; requests: number }[];
  top: { domain: string; team: string; requests: number }[];
}

/** A control plane of two teams and their domains. */
export function twoTeams(): Promise<ControlPlane> {
  return controlPlane(
    'team add Acme',
    'team add Globex',
    `domain add ${SHOP} --team acme`,
    'domain add blog.example.com --team acme',
    'domain add globex.example --team globex',
  );
}

/** Takes away all that was counted. */
export async function forgetTraffic(plane: ControlPlane): Promise<void> {
  await onStore(plane, (store) => store.models.AnalyticsData.deleteMany({}));
}

/** What runs `analytics show` at the time of the tests. */
export function showing(plane: () => ControlPlane): (line: string, options?: object) => Promise<Shown> {
  return (line, options = {}) =>
    plane().json<Shown>(`analytics show ${line} -o json`, { now: NOW, ...options });
}
