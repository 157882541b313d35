import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { noTraffic } from '../../src/models/analytics-data.ts';
import type { AnalyticsData, Granularity } from '../../src/models/analytics-data.ts';
import { countOnce } from '../../src/observe/traffic.ts';
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
