import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { countTraffic, forgetTraffic, NOW, SHOP, showing, twoTeams } from '../helpers/traffic.ts';

let plane: ControlPlane;
const show = showing(() => plane);

beforeAll(async () => {
  plane = await twoTeams();
});

beforeEach(() => forgetTraffic(plane));

describe('analytics show', () => {
  it('adds up a day by hours, of minutes and of hours that were rolled up, and leaves out the rest', async () => {
    await countTraffic(plane, SHOP, {
      '2026-03-09T11:59:00Z': { requests: 1_000 },
      '2026-03-09T12:00:00Z': { requests: 1 },
      '2026-03-10T10:59:00Z': { requests: 10 },
      '2026-03-10T11:00:00Z': { requests: 100, ok: 75, bad: 25, hits: 40 },
      '2026-03-10T12:30:00Z': { requests: 5 },
      '2026-03-10T12:31:00Z': { requests: 10_000 },
    });
    await countTraffic(plane, SHOP, { '2026-03-10T10:00:00Z': { requests: 20 } }, 'hour');
    await countTraffic(plane, 'blog.example.com', { '2026-03-10T11:00:00Z': { requests: 7 } });
    const shown = await show(SHOP);
    expect(shown).toMatchObject({
      domain: SHOP,
      team: 'acme',
      from: '2026-03-09T12:00:00.000Z',
      to: NOW.toISOString(),
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
    await countTraffic(plane, SHOP, { [at]: { requests: 5 } });
    await countTraffic(plane, 'blog.example.com', { [at]: { requests: 10 } });
    await countTraffic(plane, 'globex.example', { [at]: { requests: 100 } });
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
    await countTraffic(plane, 'globex.example', { '2026-03-10T12:00:00Z': { requests: 100 } });
    const result = await plane.run('analytics show globex.example --team acme', { now: NOW });
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
    const result = await plane.run(`analytics show ${SHOP} ${flags}`, { now: NOW });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  it('gives a row a period to machines that read rows', async () => {
    await countTraffic(plane, SHOP, { '2026-03-10T12:29:00Z': { requests: 4, ok: 3, bad: 1 } });
    const rows = async (format: string) =>
      (await plane.ok(`analytics show ${SHOP} --since 1m -o ${format}`, { now: NOW })).stdout;
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
    plane.ok(`analytics show ${line}`, { now: NOW, columns, env: { LANG } });

  beforeEach(async () => {
    const hours = Array.from({ length: 24 }, (_, at) =>
      new Date(NOW.getTime() - at * 3_600_000 - 60_000).toISOString(),
    );
    const wave = (at: number) => 100 + Math.round(90 * Math.sin(at / 3));
    const entries = hours.map((time, at) => [time, { requests: wave(at), bad: at === 5 ? 9 : 0 }] as const);
    await countTraffic(plane, SHOP, Object.fromEntries(entries));
    await countTraffic(plane, 'blog.example.com', { [hours[3]!]: { requests: 9_999 } });
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
    const { stdout } = await plane.ok(`analytics show ${SHOP} -o svg`, { now: NOW });
    expect(stdout).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<svg xmlns=/);
    expect(stdout).toContain(`<title id="title">${SHOP}: requests and how they were answered</title>`);
    expect(stdout.match(/<g>/g)).toHaveLength(24);
    expect(stdout.endsWith('</svg>\n')).toBe(true);
  });

  it('says where nothing was counted, and draws nothing', async () => {
    const { stdout, stderr } = await plane.ok('analytics show globex.example', { now: NOW });
    expect(stdout).not.toContain('requests per');
    expect(stderr).toContain('No traffic in this time');
  });
});
