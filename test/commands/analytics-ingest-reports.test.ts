import { beforeEach, describe, expect, it } from 'vitest';
import { ingesting, NOW } from '../helpers/ingesting.ts';

const { plane, own, line, lines, ingest, file, requestsOf } = await ingesting();

/** A domain of acme of its own. */
let domain: string;

beforeEach(() => {
  ({ domain } = own);
});

describe('of tenancy', () => {
  async function tokenOf(team: string): Promise<{ env: Record<string, string> }> {
    const email = `ci${own.number}@${team}.example`;
    await plane.ok(`user add ${email} --team ${team} --role editor`);
    const { stdout } = await plane.ok(
      `user token create ${email} --name t --scope read --scope write -o name`,
    );
    return { env: { NETGOAT_TOKEN: stdout.trim() } };
  }

  it('a token counts for its teams alone, and takes no host from a nearer domain of others', async () => {
    const globex = `theirs.${domain}`;
    await plane.ok(`domain add ${globex} --team globex --allow nested-tenant`);
    const name = await file(
      'shared.log',
      line(1, { host: domain }) + line(1, { host: globex }) + line(1, { host: `www.${globex}` }),
    );
    const [acme, theirs] = [await tokenOf('acme'), await tokenOf('globex')];
    const taken = await plane.run(`analytics ingest ${name} --domain ${globex}`, { now: NOW, ...acme });
    expect(taken).toMatchObject({ code: 3, stdout: '' });
    expect(await ingest(name, acme)).toMatchObject({ unknownHosts: 2, domains: [{ domain, requests: 1 }] });
    expect(await ingest(name, theirs)).toMatchObject({
      unknownHosts: 1,
      again: 0,
      domains: [{ domain: globex, requests: 2 }],
    });
    const all = await plane.run(`analytics ingest ${name}`, { now: NOW });
    expect(all.code).toBe(4);
    expect([await requestsOf(domain), await requestsOf(globex)]).toEqual([1, 2]);
  });

  it('a token that may only read counts nothing', async () => {
    await plane.ok(`user add reader${own.number}@acme.example --team acme`);
    const { stdout } = await plane.ok(
      `user token create reader${own.number}@acme.example --name t --scope read -o name`,
    );
    const name = await file('reader.log', lines(1));
    const options = { env: { NETGOAT_TOKEN: stdout.trim() }, now: NOW };
    const { code, stderr } = await plane.run(`analytics ingest ${name} --domain ${domain}`, options);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('no scope "write"') });
    expect(await requestsOf(domain)).toBe(0);
  });
});

describe('a file of reports', () => {
  const report = (id: string, hostname: string, more: object = {}) =>
    `${JSON.stringify({
      reportId: `${id}-${own.number}`,
      window: { from: '2026-11-24T18:00:00Z', to: '2026-11-24T18:01:00Z' },
      domains: [{ hostname, requests: 4, status: { 200: 1, 502: 3 }, badGatewayStreak: 3 }],
      ...more,
    })}\n`;

  it('counts each once, whatever file it stands in, and opens incidents', async () => {
    await plane.ok(`alert add ${domain} bad-gateway-streak --threshold 3`);
    const name = await file(
      'reports.ndjson',
      report('a', domain) + report('b', domain) + report('a', domain),
    );
    expect(await ingest(name)).toMatchObject({
      lines: 3,
      reports: 2,
      reportsAgain: 1,
      counted: 8,
      domains: [{ domain, requests: 8 }],
      from: '2026-11-24T18:00:00.000Z',
    });
    expect(await ingest('-', { stdin: report('b', domain) + report('c', `no.${domain}`) })).toMatchObject({
      reports: 1,
      reportsAgain: 1,
      unknownHosts: 4,
    });
    expect(await requestsOf(domain)).toBe(8);
    expect(await plane.json(`incident list --domain ${domain} --json kind,status`)).toEqual([
      { kind: 'bad-gateway-streak', status: 'open' },
    ]);
  });

  it('with --dry-run says the same and counts nothing', async () => {
    const name = await file('tried.ndjson', report('a', domain) + report('b', 'unknown.invalid'));
    const dry = await ingest(`${name} --dry-run`);
    expect(await requestsOf(domain)).toBe(0);
    expect(await ingest(name)).toEqual(dry);
    expect(dry).toMatchObject({ reports: 2, counted: 4, unknownHosts: 4 });
  });

  it('has those refused that name an unknown node, or come from the future', async () => {
    const later = { window: { from: '2027-01-01T00:00:00Z', to: '2027-01-01T00:01:00Z' } };
    const text = report('a', domain, { node: 'nobody' }) + report('b', domain, later) + report('c', domain);
    const name = await file('refused.ndjson', text);
    const strict = await plane.run(`analytics ingest ${name} --strict`, { now: NOW });
    expect(strict).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('line 1: the node that it names'),
    });
    expect(await requestsOf(domain)).toBe(0);
    const { stdout, stderr } = await plane.ok(`analytics ingest ${name} -o json`, { now: NOW });
    expect(JSON.parse(stdout)).toMatchObject({ reports: 1, malformed: 2 });
    expect(stderr).toContain('line 2 does not count: window: it lies in the future');
  });

  it('of a token counts the domains of its teams, and leaves the rest to others', async () => {
    const theirs = `g${own.number}.example`;
    await plane.ok(`domain add ${theirs} --team globex`);
    const both = [domain, theirs].map((hostname) => ({ hostname, requests: 2 }));
    const text = report('both', domain, { domains: both });
    expect(await ingest('- --team acme', { stdin: text })).toMatchObject({ counted: 2, unknownHosts: 2 });
    expect(await ingest('- --team globex', { stdin: text })).toMatchObject({ counted: 2, unknownHosts: 2 });
    expect([await requestsOf(domain), await requestsOf(theirs)]).toEqual([2, 2]);
  });
});
