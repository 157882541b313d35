import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import type { AnalyticsData, Granularity } from '../../src/models/analytics-data.ts';
import { countOnce, noTraffic } from '../../src/observe/traffic.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

const SHOP = 'shop.example.com';
const now = new Date('2026-03-10T12:30:30Z');

let plane: ControlPlane;
let marks = 0;

async function onStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(parseTarget(plane.database, {}));
  return work(store).finally(() => store.close());
}

interface Counts {
  requests: number;
  ok?: number;
  bad?: number;
  hits?: number;
}

/** Counts traffic of a domain, by when it was. */
function count(
  domain: string,
  at: Record<string, Counts>,
  granularity: Granularity = 'minute',
): Promise<void> {
  return onStore(async (store) => {
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

const buckets = (): Promise<AnalyticsData[]> =>
  onStore((store) => store.models.AnalyticsData.find().sort({ bucket: 1 }).lean<AnalyticsData[]>());

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

const show = (line: string, options = {}) =>
  plane.json<Shown>(`analytics show ${line} -o json`, { now, ...options });

beforeAll(async () => {
  plane = await controlPlane(
    'team add Acme',
    'team add Globex',
    `domain add ${SHOP} --team acme`,
    'domain add blog.example.com --team acme',
    'domain add globex.example --team globex',
  );
});

beforeEach(async () => {
  await onStore((store) => store.models.AnalyticsData.deleteMany({}));
});

describe('analytics show', () => {
  it('adds up a day by hours, of minutes and of hours that were rolled up, and leaves out the rest', async () => {
    await count(SHOP, {
      '2026-03-09T11:59:00Z': { requests: 1_000 },
      '2026-03-09T12:00:00Z': { requests: 1 },
      '2026-03-10T10:59:00Z': { requests: 10 },
      '2026-03-10T11:00:00Z': { requests: 100, ok: 75, bad: 25, hits: 40 },
      '2026-03-10T12:30:00Z': { requests: 5 },
      '2026-03-10T12:31:00Z': { requests: 10_000 },
    });
    await count(SHOP, { '2026-03-10T10:00:00Z': { requests: 20 } }, 'hour');
    await count('blog.example.com', { '2026-03-10T11:00:00Z': { requests: 7 } });
    const shown = await show(SHOP);
    expect(shown).toMatchObject({
      domain: SHOP,
      team: 'acme',
      from: '2026-03-09T12:00:00.000Z',
      to: now.toISOString(),
      by: 'hour',
      totals: {
        requests: 136,
        bytesIn: 1_360,
        bytesOut: 136_000,
        status: { '1xx': 0, '2xx': 111, '3xx': 0, '4xx': 0, '5xx': 25 },
        badGateway: 25,
        cacheHits: 40,
        cacheHitRatio: 0.2941,
        errorRatio: 0.1838,
      },
      top: [],
    });
    expect(shown.periods).toHaveLength(25);
    expect(
      shown.periods.filter(({ requests }) => requests > 0).map(({ from, requests }) => [from, requests]),
    ).toEqual([
      ['2026-03-09T12:00:00.000Z', 1],
      ['2026-03-10T10:00:00.000Z', 30],
      ['2026-03-10T11:00:00.000Z', 100],
      ['2026-03-10T12:00:00.000Z', 5],
    ]);
  });

  it('shows a team, and those who reach several, with the domains that have the most requests', async () => {
    const at = '2026-03-10T12:00:00Z';
    await count(SHOP, { [at]: { requests: 5 } });
    await count('blog.example.com', { [at]: { requests: 10 } });
    await count('globex.example', { [at]: { requests: 100 } });
    expect(await show('--team acme')).toMatchObject({
      domain: null,
      team: 'acme',
      totals: { requests: 15 },
      top: [
        { domain: 'blog.example.com', team: 'acme', requests: 10, status: { '2xx': 10 } },
        { domain: SHOP, team: 'acme', requests: 5 },
      ],
    });
    const all = await show('');
    expect(all).toMatchObject({ domain: null, team: null, totals: { requests: 115 } });
    expect(all.top.map(({ domain }) => domain)).toEqual(['globex.example', 'blog.example.com', SHOP]);
  });

  it('shows nothing of another team', async () => {
    await count('globex.example', { '2026-03-10T12:00:00Z': { requests: 100 } });
    const result = await plane.run('analytics show globex.example --team acme', { now });
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(await show('--team acme')).toMatchObject({
      totals: { requests: 0, cacheHitRatio: null },
      top: [],
    });
  });

  it.each([
    ['--since 10m', 'minute', '2026-03-10T12:20:00.000Z', 11],
    ['--since 4d', 'hour', '2026-03-06T12:00:00.000Z', 97],
    ['--since 30d', 'day', '2026-02-08T00:00:00.000Z', 31],
    ['--since 2026-03-01 --until 2026-03-02', 'hour', '2026-03-01T00:00:00.000Z', 24],
    ['--since 2026-03-10T11:30Z --until 1h --by minute', 'minute', '2026-03-10T11:30:00.000Z', 1],
    ['--since 25h --by day', 'day', '2026-03-09T00:00:00.000Z', 2],
  ])('%s: by %s from %s in %i periods', async (flags, by, from, periods) => {
    const shown = await show(`${SHOP} ${flags}`);
    expect(shown).toMatchObject({ by, from });
    expect(shown.periods).toHaveLength(periods);
  });

  it.each([
    ['--since yesterday', 'since: must be a time ago such as 24h'],
    ['--since 2026-13-01', 'since: must be a time ago such as 24h'],
    ['--since 1h --until 2h', 'until: 2026-03-10T10:30:30.000Z is not after 2026-03-10T11:30:30.000Z'],
    ['--since 30d --by minute', 'more than 10080'],
    ['--by week', 'Allowed choices are minute, hour, day'],
  ])('%s: is refused', async (flags, message) => {
    const result = await plane.run(`analytics show ${SHOP} ${flags}`, { now });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  it('gives a row a period to machines that read rows', async () => {
    await count(SHOP, { '2026-03-10T12:29:00Z': { requests: 4, ok: 3, bad: 1 } });
    const rows = async (format: string) =>
      (await plane.ok(`analytics show ${SHOP} --since 1m -o ${format}`, { now })).stdout;
    expect(await rows('csv')).toBe(
      [
        'from,requests,1xx,2xx,3xx,4xx,5xx,badGateway,cacheHits,wafBlocked,bytesIn,bytesOut',
        '2026-03-10T12:29:00.000Z,4,0,3,0,0,1,1,0,0,40,4000',
        '2026-03-10T12:30:00.000Z,0,0,0,0,0,0,0,0,0,0,0',
        '',
      ].join('\n'),
    );
    expect((await rows('ndjson')).split('\n').map((line) => line.slice(0, 55))).toEqual([
      '{"from":"2026-03-10T12:29:00.000Z","requests":4,"1xx":0',
      '{"from":"2026-03-10T12:30:00.000Z","requests":0,"1xx":0',
      '',
    ]);
    expect(await rows('name')).toBe('2026-03-10T12:29:00.000Z\n2026-03-10T12:30:00.000Z\n');
  });
});

describe('the picture of analytics show', () => {
  const draw = (line: string, columns: number, LANG: string) =>
    plane.ok(`analytics show ${line}`, { now, columns, env: { LANG } });

  beforeEach(async () => {
    const hours = Array.from({ length: 24 }, (_, at) =>
      new Date(now.getTime() - at * 3_600_000 - 60_000).toISOString(),
    );
    const wave = (at: number) => 100 + Math.round(90 * Math.sin(at / 3));
    const entries = hours.map((time, at) => [time, { requests: wave(at), bad: at === 5 ? 9 : 0 }] as const);
    await count(SHOP, Object.fromEntries(entries));
    await count('blog.example.com', { [hours[3]!]: { requests: 9_999 } });
  });

  it.each([
    [40, 'C'],
    [40, 'C.UTF-8'],
    [80, 'C'],
    [80, 'C.UTF-8'],
    [200, 'C.UTF-8'],
  ])('fits %i columns with LANG=%s', async (columns, lang) => {
    for (const line of [SHOP, '--team acme']) {
      const { stdout } = await draw(line, columns, lang);
      const lines = stdout.split('\n').filter((each) => !/^(?:domain|team|time) /.test(each));
      expect(Math.max(...lines.map((each) => each.length))).toBeLessThanOrEqual(columns);
      expect(lines.every((each) => /^[ -~]*$/.test(each))).toBe(lang === 'C');
    }
  });

  it('says the totals, shares, and the domains', async () => {
    const { stdout } = await draw('--team acme', 80, 'C.UTF-8');
    expect(stdout).toMatch(/^domain {2}2 with traffic$/m);
    expect(stdout).toMatch(/^time {4}2026-03-09 12:00 to 2026-03-10 12:30 UTC, by hour$/m);
    expect(stdout).toMatch(/^5xx +9 +<0\.1 % +█$/m);
    expect(stdout).toMatch(/^ {2}502 +9 +<0\.1 % +█$/m);
    expect(stdout).toMatch(/^requests per hour\n12k │/m);
    expect(stdout).toMatch(/^DOMAIN +REQUESTS +SHARE +5XX$/m);
    expect(stdout).toMatch(/^blog\.example\.com +9,999 +\d\d\.\d % +0\.0 % +█$/m);
  });

  it('is an SVG if that is asked for', async () => {
    const { stdout } = await plane.ok(`analytics show ${SHOP} -o svg`, { now });
    expect(stdout).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<svg xmlns=/);
    expect(stdout).toContain(`<title id="title">${SHOP}: requests and how they were answered</title>`);
    expect(stdout.match(/<g>/g)).toHaveLength(24);
    expect(stdout.endsWith('</svg>\n')).toBe(true);
  });

  it('says where nothing was counted, and draws nothing', async () => {
    const { stdout, stderr } = await plane.ok('analytics show globex.example', { now });
    expect(stdout).not.toContain('requests per');
    expect(stderr).toContain('No traffic in this time');
  });
});

describe('analytics rollup', () => {
  it('rolls up what is a day old, or older than is said, of a team', async () => {
    await count(SHOP, {
      '2026-03-09T11:10:00Z': { requests: 1 },
      '2026-03-09T11:20:00Z': { requests: 2 },
      '2026-03-09T12:10:00Z': { requests: 4 },
    });
    await count('globex.example', { '2026-03-09T11:10:00Z': { requests: 8 } });
    const rollup = (flags: string) => plane.json(`analytics rollup ${flags} -o json`, { now });
    const wanted = {
      minutes: 2,
      hours: 1,
      domains: 1,
      requests: 3,
      before: '2026-03-09T12:00:00.000Z',
      left: 0,
    };
    expect(await rollup('--team acme --dry-run')).toEqual(wanted);
    expect(await buckets()).toHaveLength(4);
    expect(await rollup('--team acme')).toEqual(wanted);
    expect((await buckets()).map(({ granularity, requests }) => [granularity, requests])).toEqual([
      ['hour', 3],
      ['minute', 8],
      ['minute', 4],
    ]);
    expect(await rollup('--older-than 1h')).toMatchObject({ minutes: 2, hours: 2, requests: 12 });
    expect(await show('--since 2d')).toMatchObject({ totals: { requests: 15 } });
  });

  it('refuses to touch the last hour', async () => {
    const result = await plane.run('analytics rollup --older-than 5m', { now });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('older-than: must be at least an hour');
  });
});

describe('analytics prune', () => {
  beforeEach(async () => {
    await count(SHOP, { '2026-03-09T12:29:00Z': { requests: 1 }, '2026-03-09T12:30:00Z': { requests: 2 } });
    await count(
      SHOP,
      { '2026-03-09T11:00:00Z': { requests: 4 }, '2026-03-09T12:00:00Z': { requests: 8 } },
      'hour',
    );
    await count('globex.example', { '2026-01-01T00:00:00Z': { requests: 16 } });
  });
  const left = async () => (await buckets()).map(({ requests }) => requests).toSorted((a, b) => a - b);

  it('takes away what had ended by then, and says how much before it does', async () => {
    const { stdout, stderr } = await plane.ok('analytics prune --team acme --older-than 1d --dry-run', {
      now,
    });
    expect(stdout).toMatch(/minutes and hours {2}2\nrequests in them +5\nfrom +2026-03-09T11:00:00\.000Z/);
    expect(stderr).toContain('Would remove 2 buckets');
    expect(await left()).toEqual([1, 2, 4, 8, 16]);
    await plane.ok('analytics prune --team acme --older-than 1d --yes', { now });
    expect(await left()).toEqual([2, 8, 16]);
    await plane.ok('analytics prune globex.example --older-than 1d --yes', { now });
    expect(await left()).toEqual([2, 8]);
  });

  it('keeps what a team keeps, and all of a team that says nothing', async () => {
    await plane.ok('analytics prune --yes', { now });
    expect(await left()).toEqual([1, 2, 4, 8, 16]);
    await plane.ok('team set acme --retention 1d');
    expect((await plane.ok('team show acme')).stdout).toMatch(/^keeps traffic +1d$/m);
    await plane.ok('analytics prune --yes', { now });
    expect(await left()).toEqual([2, 8, 16]);
    await plane.ok('team set acme --no-retention');
    expect(await plane.json('team show acme -o json')).toMatchObject({ retention: null });
    await plane.ok('analytics prune --yes', { now: new Date('2027-01-01') });
    expect(await left()).toEqual([2, 8, 16]);
  });

  it('has a retention from the beginning, of an hour or more', async () => {
    await plane.ok('team add Initech --retention 90d');
    expect(await plane.json('team show initech -o json')).toMatchObject({ retention: 7_776_000 });
    expect((await plane.run('team set initech --retention 10')).stderr).toContain('must be at least an hour');
    expect((await plane.run('team set initech --retention 1d --no-retention')).stderr).toContain(
      'the opposite',
    );
  });
});

describe('what was counted', () => {
  it('goes along with a domain that another team gets, and away with one that is removed', async () => {
    await plane.ok('domain add moving.example --team acme');
    await count('moving.example', { '2026-03-10T12:00:00Z': { requests: 5 } });
    await plane.ok('domain move moving.example globex');
    expect(await show('--team acme')).toMatchObject({ totals: { requests: 0 } });
    expect(await show('--team globex')).toMatchObject({ top: [{ domain: 'moving.example', requests: 5 }] });
    await plane.ok('domain remove moving.example --yes');
    expect(await buckets()).toEqual([]);
  });

  it('takes the states of its alerts and the checkpoints of its logs along', async () => {
    await plane.ok('domain add gone.example --team acme');
    await plane.ok('alert add gone.example downtime');
    await plane.ok('alert add gone.example error-rate');
    const ids = await plane.json<{ id: string }[]>('alert list --filter domain=gone.example --json id');
    const domain = await plane.json<{ id: string }>('domain show gone.example --json id');
    await onStore(async ({ models: { AlertState, LogCheckpoint } }) => {
      for (const { id } of ids) {
        await AlertState.create({ alertId: id, domainId: domain.id, at: now, bad: false });
      }
      const checkpoint = { head: 'x', offset: 1, hash: 'x', pending: null, updatedAt: now };
      await LogCheckpoint.create(
        { ...checkpoint, scope: `domain ${domain.id}` },
        { ...checkpoint, scope: 'all' },
      );
    });
    const kept = () =>
      onStore(async ({ models: { AlertState, LogCheckpoint } }) => [
        await AlertState.countDocuments({ domainId: domain.id }),
        await LogCheckpoint.countDocuments({ head: 'x' }),
      ]);
    await plane.ok('alert remove gone.example downtime --yes');
    expect(await kept()).toEqual([1, 2]);
    await plane.ok('domain remove gone.example --yes');
    expect(await kept()).toEqual([0, 1]);
  });
});
