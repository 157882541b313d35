import { appendFile, rename } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingesting, NOW } from '../helpers/ingesting.ts';

const { plane, store, own, line, lines, ingest, file, requestsOf } = await ingesting();

/** A domain of acme of its own. */
let domain: string;

beforeEach(() => {
  ({ domain } = own);
});

describe('a log', () => {
  it('is counted by minute, host and status', async () => {
    const name = await file(
      'vhosts.log',
      line(1, { host: domain }) +
        line(1, { host: `www.${domain.toUpperCase()}`, status: 502, size: 5 }) +
        line(2, { host: `a.b.${domain}`, status: 404 }) +
        line(2, { host: `un${domain}` }) +
        line(2, { host: '192.0.2.1' }),
    );
    expect(await ingest(name)).toEqual({
      lines: 5,
      counted: 3,
      reports: 0,
      reportsAgain: 0,
      malformed: 0,
      unknownHosts: 2,
      again: 0,
      left: 0,
      from: '2026-11-24T00:01:00.000Z',
      to: '2026-11-24T00:02:00.000Z',
      domains: [{ domain, requests: 3 }],
    });
    const { _id: domainId, teamId } = (await store.models.Domain.findOne({ hostname: domain }))!;
    const buckets = await store.models.AnalyticsData.find({ domainId }).sort({ bucket: 1 }).lean();
    const none = { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 };
    expect(buckets).toMatchObject([
      {
        teamId,
        granularity: 'minute',
        bucket: new Date('2026-11-24T00:01:00Z'),
        requests: 2,
        bytesIn: 0,
        bytesOut: 15,
        status: { ...none, '2xx': 1, '5xx': 1 },
        badGateway: 1,
        cacheHits: 0,
        wafBlocked: 0,
      },
      { bucket: new Date('2026-11-24T00:02:00Z'), requests: 1, status: { ...none, '4xx': 1 }, badGateway: 0 },
    ]);
  });

  it('has its times in one piece where the terminal is narrow', async () => {
    const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true });
    const name = await file('narrow.log', lines(2));
    await plane.ok(`analytics ingest ${name} --domain ${domain}`, { now: NOW, columns: 40, stdout });
    const shown = String(stdout.read());
    expect(shown).toMatch(/^from +2026-11-24 00:00$/m);
    expect(Math.max(...shown.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(40);
  });

  it('names hosts that are unknown, and says what to do about lines without one', async () => {
    const name = await file('unknown.log', line(1) + line(1, { host: 'else\u001b[1m.example' }));
    const { code, stderr } = await plane.run(`analytics ingest ${name}`, { now: NOW });
    expect(code).toBe(7);
    expect(stderr).toContain(
      '2 requests were of hosts without a domain within reach, such as else\\x1b[1m.example',
    );
    expect(stderr).toContain('--domain says whose they are');
    // Nothing was counted, so nothing is in the way.
    expect(await ingest(`unknown.log --domain ${domain}`)).toMatchObject({ counted: 1, again: 0 });
  });

  it('with --domain is counted for that one alone', async () => {
    await plane.ok(`domain add sub.${domain} --team acme`);
    const name = await file(
      'own.log',
      line(1) +
        line(1, { host: domain }) +
        line(1, { host: `sub.${domain}` }) +
        line(1, { host: `www.${domain}` }),
    );
    expect(await ingest(`${name} --domain ${domain}`)).toMatchObject({
      unknownHosts: 1,
      domains: [{ domain, requests: 3 }],
    });
    // Lines without a host would count twice.
    for (const flags of ['', '--team acme', `--domain sub.${domain}`]) {
      const again = await plane.run(`analytics ingest ${name} ${flags}`, { now: NOW });
      expect(again).toMatchObject({ code: 4, stdout: '' });
      expect(again.stderr).toContain('counted already, for more or other domains');
    }
    expect(await plane.run(`analytics ingest ${name} --team globex`, { now: NOW })).toMatchObject({
      code: 7,
    });
    expect([await requestsOf(domain), await requestsOf(`sub.${domain}`)]).toEqual([3, 0]);
  });

  it.each([
    ['is no log', () => 'hello\nworld\n', false, 'no line was understood', 'it reads NCSA and JSON'],
    ['names no host', () => lines(2), false, 'no line names a host', '--domain says whose'],
    [
      'is of others',
      () => line(1, { host: 'x.invalid' }),
      false,
      'no line is of a domain',
      'netgoat domain add',
    ],
    [
      'is of others than --domain',
      () => line(1, { host: 'x.invalid' }),
      true,
      'no line is of d',
      'without --dom',
    ],
  ])('that %s is a finding, with what to do about it', async (_name, text, isOfDomain, finding, hint) => {
    const name = await file('vain.log', text());
    for (const flags of ['', '--dry-run']) {
      const of = isOfDomain ? `--domain ${domain}` : '';
      const { code, stdout, stderr } = await plane.run(`analytics ingest ${name} ${of} ${flags} -o json`, {
        now: NOW,
      });
      expect({ code, summary: JSON.parse(stdout) }).toMatchObject({ code: 7, summary: { counted: 0 } });
      expect(stderr).toContain(finding);
      expect(stderr).toContain(hint);
    }
  });

  it('of which some counts before is none when nothing new of it does', async () => {
    const name = await file('some.log', line(1, { host: domain }));
    await ingest(name);
    await appendFile(join(plane.folder, name), line(2, { host: 'x.invalid' }));
    expect(await ingest(name)).toMatchObject({ counted: 0, unknownHosts: 1 });
  });

  it('that is malformed here and there says where, shows it inert, and counts the rest', async () => {
    const name = await file('malformed.log', `${line(1)}rm -rf \u001b[2J\n${line(2)}${'x\n'.repeat(9)}`);
    const { stderr, stdout } = await plane.ok(`analytics ingest ${name} --domain ${domain} -o json`, {
      now: NOW,
    });
    expect(JSON.parse(stdout)).toMatchObject({ lines: 12, counted: 2, malformed: 10 });
    expect(stderr).toContain('line 2 does not count: it has no request in quotes: rm -rf \\x1b[2J\n');
    expect(stderr).toContain('warning: 5 more such lines\n');
  });

  it('with --strict ends at a malformed line, and nothing of it is counted', async () => {
    const name = await file('strict.log', `${line(1)}{}\n`);
    const { code, stderr } = await plane.run(`analytics ingest ${name} --domain ${domain} --strict`, {
      now: NOW,
    });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('line 2: it has no time'),
    });
    expect(stderr).toContain('nothing was counted from line 1 on');
    expect(await requestsOf(domain)).toBe(0);
    expect(await ingest(`${name} --domain ${domain}`)).toMatchObject({ counted: 1, again: 0 });
    await appendFile(join(plane.folder, name), `${line(2)}{}\n`);
    const later = await plane.run(`analytics ingest ${name} --domain ${domain} --strict`, { now: NOW });
    expect(later.stderr).toContain('nothing was counted from line 3 on');
  });

  it('with --dry-run is not counted', async () => {
    const name = await file('dry.log', lines(3));
    expect(await ingest(`${name} --domain ${domain} --dry-run`)).toMatchObject({ counted: 3 });
    expect(await requestsOf(domain)).toBe(0);
    expect(await ingest(`${name} --domain ${domain}`)).toMatchObject({ counted: 3, again: 0 });
    expect(await ingest(`${name} --domain ${domain} --dry-run`)).toMatchObject({ counted: 0, lines: 0 });
  });

  it('with a line of more than 1 MiB loses that line alone', async () => {
    const name = await file('long.log', `${line(1)}"${'x'.repeat(3 * 1024 * 1024)}\n${line(2)}`);
    const { stdout, stderr } = await plane.ok(`analytics ingest ${name} --domain ${domain} -o json`, {
      now: NOW,
    });
    expect(JSON.parse(stdout)).toMatchObject({ lines: 3, counted: 2, malformed: 1 });
    expect(stderr).toContain('line 2 does not count: it is longer than 1 MiB\n');
  });

  it.each([
    ['that is not there', 'none.log', 'there is no such file'],
    ['that is a folder', '.', 'it is a folder'],
  ])('%s is bad usage', async (_name, name, words) => {
    const { code, stderr } = await plane.run(`analytics ingest ${name}`);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
  });

  it('that is empty counts nothing', async () => {
    expect(await ingest(await file('empty.log', ''))).toMatchObject({ lines: 0, counted: 0, from: null });
    expect(await ingest('-', { stdin: '' })).toMatchObject({ lines: 0, counted: 0 });
  });
});

describe('a log that was counted', () => {
  it('goes on where it stopped when it has grown, under another name, packed, and from stdin', async () => {
    const name = await file('access.log', lines(5));
    const flags = `--domain ${domain}`;
    expect(await ingest(`${name} ${flags}`)).toMatchObject({ lines: 5, counted: 5, again: 0 });
    const { stderr } = await plane.ok(`analytics ingest ${name} ${flags}`, { now: NOW });
    expect(stderr).toMatch(/^Nothing new: it was counted to its end, \d+ B, before\.$/m);
    await appendFile(join(plane.folder, name), lines(3, 5));
    expect(await ingest(`${name} ${flags}`)).toMatchObject({ lines: 3, counted: 3, again: lines(5).length });
    await rename(join(plane.folder, name), join(plane.folder, 'access.log.1'));
    await appendFile(join(plane.folder, 'access.log.1'), lines(2, 8));
    expect(await ingest(`access.log.1 ${flags}`)).toMatchObject({ counted: 2 });
    const members = [lines(6), lines(5, 6)].map((text) => gzipSync(text));
    await file('access.log.1.gz', Buffer.concat(members));
    expect(await ingest(`access.log.1.gz ${flags}`)).toMatchObject({ counted: 1, again: lines(10).length });
    expect(await ingest(`- ${flags}`, { stdin: lines(12) })).toMatchObject({ counted: 1 });
    expect(await requestsOf(domain)).toBe(12);
    // What logrotate has begun anew is another log.
    expect(await ingest(`${await file(name, lines(4, 100))} ${flags}`)).toMatchObject({
      counted: 4,
      again: 0,
    });
  });

  it('tells the number of a malformed line that came later', async () => {
    const name = await file('later.log', lines(4));
    await ingest(`${name} --domain ${domain}`);
    await appendFile(join(plane.folder, name), `${line(5)}oops\n`);
    const { stderr } = await plane.ok(`analytics ingest ${name} --domain ${domain}`, { now: NOW });
    expect(stderr).toContain('line 6 does not count');
  });

  it('is not the same as one that begins with the same line', async () => {
    const flags = `--domain ${domain}`;
    await ingest(`${await file('a.log', line(0) + lines(3, 10))} ${flags}`);
    expect(await ingest(`${await file('b.log', line(0) + lines(3, 20))} ${flags}`)).toMatchObject({
      counted: 4,
      again: 0,
    });
    await appendFile(join(plane.folder, 'a.log'), line(30));
    await appendFile(join(plane.folder, 'b.log'), line(31));
    expect(await ingest(`a.log ${flags}`)).toMatchObject({ counted: 1 });
    expect(await ingest(`b.log ${flags}`)).toMatchObject({ counted: 1 });
    expect(await requestsOf(domain)).toBe(10);
  });

  it('is told from another by its first request, and not by what a program always says', async () => {
    const banner = 'nginx: ready\n'.repeat(3);
    const flags = `--domain ${domain}`;
    await ingest(`${await file('pod-1.log', banner + lines(5))} ${flags}`);
    expect(await ingest(`${await file('pod-2.log', banner + lines(2, 50))} ${flags}`)).toMatchObject({
      counted: 2,
      malformed: 3,
    });
    expect(await ingest(`- ${flags}`, { stdin: banner + lines(6) })).toMatchObject({
      counted: 1,
      malformed: 0,
    });
    expect(await requestsOf(domain)).toBe(8);
  });

  it('is not counted again from an older copy, unless that is another log', async () => {
    const flags = `--domain ${domain}`;
    await ingest(`${await file('full.log', lines(5))} ${flags}`);
    const older = await plane.run(`analytics ingest ${await file('older.log', lines(3))} ${flags}`, {
      now: NOW,
    });
    expect(older).toMatchObject({ code: 4, stdout: '' });
    expect(older.stderr).toContain(`counted up to byte ${lines(5).length}, and is shorter`);
    expect(await requestsOf(domain)).toBe(5);
    expect(await ingest(`older.log ${flags} --as-new`)).toMatchObject({ counted: 3 });
  });

  it('has the line that lacked its end counted once', async () => {
    const flags = `--domain ${domain}`;
    const [first, second] = [line(1), line(2)];
    const name = await file('open.log', first + second.slice(0, -1));
    expect(await ingest(`${name} ${flags}`)).toMatchObject({ counted: 1, left: second.length - 1 });
    // From stdin nothing more comes: it is the last line.
    const stdin = first + second.slice(0, -1);
    expect(await ingest(`- ${flags}`, { stdin })).toMatchObject({ counted: 1, left: 0 });
    await appendFile(join(plane.folder, name), `\n${line(3)}`);
    expect(await ingest(`${name} ${flags}`)).toMatchObject({ counted: 1, malformed: 0 });
    expect(await requestsOf(domain)).toBe(3);
  });

  it('counts on when a gzip file that was cut is there in whole', async () => {
    const text = lines(1_000) + lines(1_000, 3);
    const packed = gzipSync(text);
    const name = await file('cut.gz', packed.subarray(0, packed.length - 100));
    const { code, stderr } = await plane.run(`analytics ingest ${name} --domain ${domain}`, { now: NOW });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cut.gz is no whole gzip file'),
    });
    await file('cut.gz', packed);
    await ingest(`${name} --domain ${domain}`);
    expect(await requestsOf(domain)).toBe(2_000);
  });
});

describe('a count that was interrupted', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  it.each(['before', 'after'] as const)('%s the buckets were written is finished once', async (when) => {
    const name = await file('stopped.log', lines(5));
    const flags = `--domain ${domain}`;
    await ingest(`${name} ${flags}`);
    // As a kill leaves it: the chunk is pending; its buckets are there, or not all of them.
    const { _id: domainId } = (await store.models.Domain.findOne({ hostname: domain }))!;
    const pending = { to: lines(5).length, hash: sha256(lines(5)) };
    const set = { offset: 0, hash: sha256(''), pending };
    const { modifiedCount } = await store.models.LogCheckpoint.updateOne(
      { hash: pending.hash },
      { $set: set },
    );
    expect(modifiedCount).toBe(1);
    if (when === 'before') {
      await store.models.AnalyticsData.deleteMany({
        domainId,
        bucket: { $gt: new Date('2026-11-24T00:02:00Z') },
      });
    }
    await appendFile(join(plane.folder, name), lines(2, 5));
    await ingest(`${name} ${flags}`);
    expect(await requestsOf(domain)).toBe(7);
    expect(await ingest(`${name} ${flags}`)).toMatchObject({ counted: 0 });
  });
});
