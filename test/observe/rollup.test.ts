import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { addTraffic } from '../../src/models/analytics-data.ts';
import type { AnalyticsData, Traffic } from '../../src/models/analytics-data.ts';
import type { Domain } from '../../src/models/domain.ts';
import { rollUp } from '../../src/observe/rollup.ts';
import { domainsToRollUp } from '../../src/observe/rollup-scope.ts';
import { countOnce, HOUR_MS, MINUTE_MS, noTraffic } from '../../src/observe/traffic.ts';
import { operator } from '../helpers/access.ts';
import { controlPlane } from '../helpers/control-plane.ts';

const START = Date.UTC(2026, 0, 1, 12);
const before = new Date(START + 3 * HOUR_MS);

let store: Store;
let domain: Domain;
let marks = 0;

beforeAll(async () => {
  const plane = await controlPlane('team add Acme', 'domain add shop.example.com --team acme');
  store = await openStore(parseTarget(plane.database, {}));
  domain = (await store.models.Domain.findOne().lean<Domain>())!;
  return () => store.close();
});

beforeEach(async () => {
  await store.models.AnalyticsData.deleteMany({});
});

/** Counts some requests in a minute after the start. */
async function count(minute: number, requests: number): Promise<void> {
  const bucket = new Date(START + minute * MINUTE_MS);
  const status = { ...noTraffic().status, '2xx': requests };
  const traffic: Traffic = { ...noTraffic(), requests, bytesOut: 10 * requests, status };
  const increment = {
    teamId: domain.teamId,
    domainId: domain._id,
    granularity: 'minute',
    bucket,
    traffic,
  } as const;
  await countOnce(store, [increment], `test ${(marks += 1)}`);
}

async function buckets(): Promise<AnalyticsData[]> {
  return store.models.AnalyticsData.find().sort({ granularity: 1, bucket: 1 }).lean<AnalyticsData[]>();
}

async function total(): Promise<Traffic> {
  const sum = noTraffic();
  for (const bucket of await buckets()) addTraffic(sum, bucket);
  return sum;
}

const stepwise = (): Store => ({ ...store, transactions: false });

/** The store as of a process that is killed at its n-th call of this. */
function killed(at: number, method: 'deleteOne' | 'deleteMany' | 'find'): Store {
  let calls = 0;
  const AnalyticsData = new Proxy(store.models.AnalyticsData, {
    get: (model, name) => {
      const real: unknown = Reflect.get(model, name);
      if (typeof real !== 'function') return real;
      return (...given: unknown[]) => {
        if (name === method && (calls += 1) === at) throw new Error('killed');
        return (real as (...all: unknown[]) => unknown).apply(model, given);
      };
    },
  });
  return { ...stepwise(), models: { ...store.models, AnalyticsData } };
}

/** In the way that this store has, and in the way of a store without transactions. */
const ways: [string, () => Store][] = [
  ['at once, where there are transactions', () => store],
  ['step by step', stepwise],
];

describe.each(ways)('a rollup %s', (_, open) => {
  const run = () => rollUp(open(), { domains: [domain._id], before });

  it('puts minutes into the hours that they lie in, and leaves later ones', async () => {
    for (const minute of [0, 1, 59, 60, 179, 180]) await count(minute, minute + 1);
    expect(await run()).toEqual({ domains: 1, minutes: 5, hours: 3, requests: 1 + 2 + 60 + 61 + 180 });
    const found = (await buckets()).map(({ granularity, bucket, requests, bytesOut, teamId }) => [
      granularity,
      (bucket.getTime() - START) / MINUTE_MS,
      requests,
      bytesOut,
      String(teamId),
    ]);
    const team = String(domain.teamId);
    expect(found).toEqual([
      ['hour', 0, 63, 630, team],
      ['hour', 60, 61, 610, team],
      ['hour', 120, 180, 1800, team],
      ['minute', 180, 181, 1810, team],
    ]);
  });

  it('adds to an hour what comes late, and changes nothing when it is repeated', async () => {
    await count(0, 5);
    await run();
    await count(0, 7);
    expect(await run()).toMatchObject({ minutes: 1, requests: 7 });
    expect(await run()).toEqual({ domains: 0, minutes: 0, hours: 0, requests: 0 });
    expect((await buckets()).map(({ granularity, requests }) => [granularity, requests])).toEqual([
      ['hour', 12],
    ]);
  });

  it('is exact while others count into the same minutes, and two run at once', async () => {
    for (let minute = 0; minute < 60; minute += 1) await count(minute, 1);
    const counting = async () => {
      for (let each = 0; each < 120; each += 1) await count(each % 60, 1);
    };
    await Promise.all([counting(), run(), counting(), run()]);
    await run();
    expect(await total()).toMatchObject({ requests: 300, bytesOut: 3_000, status: { '2xx': 300 } });
    expect((await buckets()).map(({ granularity }) => granularity)).toEqual(['hour']);
  });
});

describe('a rollup without transactions', () => {
  it.each([
    ['before any minute is gone', 1, 'deleteOne'],
    ['when some are gone', 4, 'deleteOne'],
    ['when minutes are taken out of use', 3, 'find'],
  ] as const)('that is killed %s counts once, also what came meanwhile', async (_, at, method) => {
    for (let minute = 0; minute < 10; minute += 1) await count(minute, 1);
    const dead = rollUp(killed(at, method), { domains: [domain._id], before });
    await expect(dead).rejects.toThrow('killed');
    for (let minute = 0; minute < 10; minute += 1) await count(minute, 100);
    await rollUp(stepwise(), { domains: [domain._id], before });
    expect((await buckets()).map(({ granularity, requests }) => [granularity, requests])).toEqual([
      ['hour', 1_010],
    ]);
  });
});

describe('what is rolled up', () => {
  const now = new Date(START + 48 * HOUR_MS);
  const scopeOf = () => domainsToRollUp(store, operator, { before, now });

  it('waits for logs of these domains that are not counted to their end, but not for ever', async () => {
    await count(0, 1);
    const checkpoint = { head: 'x', offset: 0, hash: 'x', pending: { to: 1, hash: 'y' } };
    const { LogCheckpoint } = store.models;
    const put = (scope: string, hours: number) =>
      LogCheckpoint.create({ ...checkpoint, scope, updatedAt: new Date(now.getTime() - hours * HOUR_MS) });
    const [free, held] = [
      { domains: [domain._id], held: [] },
      { domains: [], held: [domain._id] },
    ];
    expect(await scopeOf()).toEqual(free);
    for (const scope of ['all', `teams 0,${String(domain.teamId)}`, `domain ${String(domain._id)}`]) {
      await put(scope, 1);
      expect(await scopeOf()).toEqual(held);
      await LogCheckpoint.deleteMany({});
      await put(scope, 25);
      expect(await scopeOf()).toEqual(free);
      await LogCheckpoint.deleteMany({});
    }
    await put('domain 000000000000000000000000', 1);
    expect(await scopeOf()).toEqual(free);
  });
});
