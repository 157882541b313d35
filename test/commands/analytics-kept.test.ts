import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { atTerminal } from '../helpers/terminal.ts';
import {
  allBuckets,
  countTraffic,
  forgetTraffic,
  NOW,
  onStore,
  SHOP,
  showing,
  twoTeams,
} from '../helpers/traffic.ts';

let plane: ControlPlane;
const show = showing(() => plane);

beforeAll(async () => {
  plane = await twoTeams();
});

beforeEach(() => forgetTraffic(plane));

describe('analytics rollup', () => {
  it('rolls up what is a day old, or older than is said, of a team', async () => {
    await countTraffic(plane, SHOP, {
      '2026-03-09T11:10:00Z': { requests: 1 },
      '2026-03-09T11:20:00Z': { requests: 2 },
      '2026-03-09T12:10:00Z': { requests: 4 },
    });
    await countTraffic(plane, 'globex.example', { '2026-03-09T11:10:00Z': { requests: 8 } });
    const rollup = (flags: string) => plane.json(`analytics rollup ${flags} -o json`, { now: NOW });
    const wanted = {
      minutes: 2,
      hours: 1,
      domains: 1,
      requests: 3,
      before: '2026-03-09T12:00:00.000Z',
      left: 0,
    };
    expect(await rollup('--team acme --dry-run')).toEqual(wanted);
    expect(await allBuckets(plane)).toHaveLength(4);
    expect(await rollup('--team acme')).toEqual(wanted);
    expect((await allBuckets(plane)).map(({ granularity, requests }) => [granularity, requests])).toEqual([
      ['hour', 3],
      ['minute', 8],
      ['minute', 4],
    ]);
    expect(await rollup('--older-than 1h')).toMatchObject({ minutes: 2, hours: 2, requests: 12 });
    expect(await show('--since 2d')).toMatchObject({ totals: { requests: 15 } });
  });

  it('leaves out what a log that is not counted to its end may count again, and says so', async () => {
    await countTraffic(plane, SHOP, { '2026-03-09T11:10:00Z': { requests: 1 } });
    await onStore(plane, ({ models }) =>
      models.LogCheckpoint.create({
        head: 'y',
        scope: 'all',
        offset: 0,
        hash: 'y',
        updatedAt: NOW,
        pending: { to: 1, hash: 'z' },
      }),
    );
    const { stdout, stderr } = await plane.ok('analytics rollup -o json', { now: NOW });
    expect(JSON.parse(stdout)).toMatchObject({ minutes: 0, left: 1 });
    expect(stderr).toContain('Left out a domain: a log is not counted to its end');
    await onStore(plane, ({ models }) => models.LogCheckpoint.deleteMany({ head: 'y' }));
    expect(await plane.json('analytics rollup -o json', { now: NOW })).toMatchObject({ minutes: 1, left: 0 });
  });

  it('refuses to touch the last hour', async () => {
    const result = await plane.run('analytics rollup --older-than 5m', { now: NOW });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('older-than: must be at least an hour');
  });
});

describe('analytics prune', () => {
  beforeEach(async () => {
    await countTraffic(plane, SHOP, {
      '2026-03-09T12:29:00Z': { requests: 1 },
      '2026-03-09T12:30:00Z': { requests: 2 },
    });
    await countTraffic(
      plane,
      SHOP,
      { '2026-03-09T11:00:00Z': { requests: 4 }, '2026-03-09T12:00:00Z': { requests: 8 } },
      'hour',
    );
    await countTraffic(plane, 'globex.example', { '2026-01-01T00:00:00Z': { requests: 16 } });
  });
  const left = async () =>
    (await allBuckets(plane)).map(({ requests }) => requests).toSorted((a, b) => a - b);

  it('takes away what had ended by then, and says how much before it does', async () => {
    const { stdout, stderr } = await plane.ok('analytics prune --team acme --older-than 1d --dry-run', {
      now: NOW,
    });
    expect(stdout).toMatch(/minutes and hours {2}2\nrequests in them +5\nfrom +2026-03-09 11:00 UTC\n/);
    expect(stderr).toContain('Would remove 2 buckets');
    expect(await left()).toEqual([1, 2, 4, 8, 16]);
    await plane.ok('analytics prune --team acme --older-than 1d --yes', { now: NOW });
    expect(await left()).toEqual([2, 8, 16]);
    await plane.ok('analytics prune globex.example --older-than 1d --yes', { now: NOW });
    expect(await left()).toEqual([2, 8]);
  });

  it.each([
    [SHOP, SHOP, '4 buckets', [16]],
    ['--team=acme', 'acme', '4 buckets', [16]],
    ['--older-than=30d', 'all', '5 buckets', []],
  ])('%s asks for "%s" on a terminal', async (what, name, buckets, kept) => {
    const command = `analytics prune --older-than 1s ${what}`;
    const refused = await atTerminal(plane, command, []);
    await refused.answer(`Type ${name} to remove ${buckets}:`, buckets);
    expect(await refused.code, refused.shown()).not.toBe(0);
    expect(await left()).toEqual([1, 2, 4, 8, 16]);
    const agreed = await atTerminal(plane, command, []);
    await agreed.answer(`Type ${name} to remove ${buckets}:`, name);
    expect(await agreed.code, agreed.shown()).toBe(0);
    expect(agreed.shown()).toContain(`Removed ${buckets}`);
    expect(await left()).toEqual(kept);
  });

  it.each([
    ['--team acme --older-than 900d', 'no traffic is so old'],
    ['--team acme', 'no --retention is set'],
  ])('with nothing to remove (%s) says so, and asks nobody', async (flags, words) => {
    const { code, shown } = await atTerminal(plane, `analytics prune ${flags}`, []);
    expect(await code, shown()).toBe(0);
    expect(shown()).toContain(`Nothing to remove: ${words}`);
    expect(shown()).not.toContain('Type ');
  });

  it('keeps what a team keeps, and all of a team that says nothing', async () => {
    await plane.ok('analytics prune --yes', { now: NOW });
    expect(await left()).toEqual([1, 2, 4, 8, 16]);
    await plane.ok('team set acme --retention 1d');
    expect((await plane.ok('team show acme')).stdout).toMatch(/^keeps traffic +1d$/m);
    await plane.ok('analytics prune --yes', { now: NOW });
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
    expect((await plane.run('team set initech --retention abc')).stderr).toContain(
      'retention: must be a time such as 12h or 90d',
    );
    expect((await plane.run('team set initech --retention 1d --no-retention')).stderr).toContain(
      'the opposite',
    );
  });
});

describe('what was counted', () => {
  it('goes along with a domain that another team gets, and away with one that is removed', async () => {
    await plane.ok('domain add moving.example --team acme');
    await countTraffic(plane, 'moving.example', { '2026-03-10T12:00:00Z': { requests: 5 } });
    await plane.ok('domain move moving.example globex');
    expect(await show('--team acme')).toMatchObject({ totals: { requests: 0 } });
    expect(await show('--team globex')).toMatchObject({ top: [{ domain: 'moving.example', requests: 5 }] });
    await plane.ok('domain remove moving.example --yes');
    expect(await allBuckets(plane)).toEqual([]);
  });

  it('takes the states of its alerts and the checkpoints of its logs along', async () => {
    await plane.ok('domain add gone.example --team acme');
    await plane.ok('alert add gone.example downtime');
    await plane.ok('alert add gone.example error-rate');
    const ids = await plane.json<{ id: string }[]>('alert list --filter domain=gone.example --json id');
    const domain = await plane.json<{ id: string }>('domain show gone.example --json id');
    await onStore(plane, async ({ models: { AlertState, LogCheckpoint } }) => {
      for (const { id } of ids) {
        await AlertState.create({ alertId: id, domainId: domain.id, at: NOW, bad: false });
      }
      const checkpoint = { head: 'x', offset: 1, hash: 'x', pending: null, updatedAt: NOW };
      await LogCheckpoint.create(
        { ...checkpoint, scope: `domain ${domain.id}` },
        { ...checkpoint, scope: 'all' },
      );
    });
    const kept = () =>
      onStore(plane, async ({ models: { AlertState, LogCheckpoint } }) => [
        await AlertState.countDocuments({ domainId: domain.id }),
        await LogCheckpoint.countDocuments({ head: 'x' }),
      ]);
    await plane.ok('alert remove gone.example downtime --yes');
    expect(await kept()).toEqual([1, 2]);
    await plane.ok('domain remove gone.example --yes');
    expect(await kept()).toEqual([0, 1]);
  });
});
