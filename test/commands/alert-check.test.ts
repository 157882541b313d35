import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificateFor } from '../helpers/certificates.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { webServer } from '../helpers/web-server.ts';
import type { WebServer } from '../helpers/web-server.ts';

const SHOP = 'shop.example.com';
const START = Date.parse('2026-06-01T00:00:00Z');
const MINUTE = 60_000;

type Certificate = Awaited<ReturnType<typeof certificateFor>>;

let plane: ControlPlane;
/** Ends on 10 December 2026. */
let ending: Certificate;
/** Ends in 2049. */
let lasting: Certificate;

beforeAll(async () => {
  plane = await controlPlane('team add Acme', 'team add Globex');
  ending = await certificateFor(plane.folder, `DNS:${SHOP}`, '20261210000000Z');
  lasting = await certificateFor(plane.folder, `DNS:${SHOP}`);
});

interface Row {
  domain: string;
  kind: string;
  state: string;
  seen: string;
  incident: string | null;
  severity: string | null;
  event: string | null;
}

/** Checks at a time, all connections led to a server. */
async function check(
  at: number,
  port: number,
  flags = '',
): Promise<{ code: number; rows: Row[]; stderr: string }> {
  const command = `alert check --team acme --connect-to ::127.0.0.1:${port} ${flags} -o json`;
  const { code, stdout, stderr } = await plane.run(command, { now: new Date(at) });
  return { code, rows: stdout === '' ? [] : (JSON.parse(stdout) as Row[]), stderr };
}

const tls = async () =>
  plane.json<{ status: string; fingerprint: string }>(`domain tls show ${SHOP} -o json`);
const incidents = async (status = 'all') =>
  plane.json<{ id: string; severity: string; status: string; count: number }[]>(
    `incident list --domain ${SHOP} --status ${status} -o json`,
  );
const version = async () => (await plane.json<unknown[]>('history list -o json')).length;

beforeEach(async () => {
  await plane.run(`domain remove ${SHOP} --yes`);
  await plane.ok(`domain add ${SHOP} --team acme`);
});

describe('alert check of tls-expiry', () => {
  let server: WebServer;

  beforeEach(async () => {
    server = await webServer(ending);
    await plane.ok(`alert add ${SHOP} tls-expiry`);
  });

  it('follows a certificate to its end, and its renewal', async () => {
    expect(await tls()).toMatchObject({ status: 'Pending' });
    expect(await check(START, server.port)).toMatchObject({
      code: 0,
      rows: [{ domain: SHOP, kind: 'tls-expiry', state: 'ok', incident: null }],
    });
    expect(await tls()).toMatchObject({
      status: 'Active',
      issuer: 'CN=edge',
      notAfter: '2026-12-10T00:00:00.000Z',
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });

    const late = Date.parse('2026-11-28T12:00:00Z');
    const opened = await check(late, server.port);
    expect(opened).toMatchObject({
      code: 7,
      rows: [{ state: 'failing', severity: 'minor', event: 'opened' }],
      stderr: expect.stringContaining('1 incident is open'),
    });
    expect(opened.rows[0]!.seen).toBe('the certificate ends in 11 days (2026-12-10T00:00:00.000Z)');
    const later = await check(Date.parse('2026-12-08T12:00:00Z'), server.port);
    expect(later.rows).toMatchObject([{ severity: 'major', event: 'escalated' }]);
    expect(await tls()).toMatchObject({ status: 'Active' });
    const over = Date.parse('2026-12-11T12:00:00Z');
    const ended = await check(over, server.port);
    expect(ended.rows).toMatchObject([{ state: 'failing', severity: 'critical', event: 'escalated' }]);
    expect(ended.rows[0]!.seen).toBe('the certificate ended 1 day ago (2026-12-10T00:00:00.000Z)');
    expect(await tls()).toMatchObject({ status: 'Expired' });

    await server.renew(lasting);
    expect(await check(over + MINUTE, server.port)).toMatchObject({ code: 7, rows: [{ state: 'failing' }] });
    expect(await tls()).toMatchObject({ status: 'Active', notAfter: '2049-12-31T23:59:59.000Z' });
    const well = await check(over + 7 * MINUTE, server.port);
    expect(well).toMatchObject({ code: 0, rows: [{ state: 'ok', event: 'resolved', incident: null }] });
    expect(await incidents()).toMatchObject([
      { id: opened.rows[0]!.incident, status: 'resolved', severity: 'critical', count: 3 },
    ]);
  });

  it('writes only what is new', async () => {
    await check(START, server.port);
    const before = await version();
    await check(START + MINUTE, server.port);
    expect(await version()).toBe(before);
    const [newest] = await plane.json<{ command: string; actor: string }[]>('history list -o json');
    expect(newest).toMatchObject({ command: 'netgoat alert check', actor: 'tester' });
  });

  it('knows that a certificate has ended which nobody shows any more', async () => {
    await check(START, server.port);
    await server.stop();
    const quiet = await check(START + MINUTE, server.port);
    expect(quiet).toMatchObject({ code: 0, rows: [{ state: 'unknown' }] });
    expect(quiet.rows[0]!.seen).toContain('no certificate is seen: nobody listens there');
    expect(await tls()).toMatchObject({ status: 'Active' });
    const ended = await check(Date.parse('2026-12-11T12:00:00Z'), server.port);
    expect(ended).toMatchObject({ code: 7, rows: [{ state: 'failing', severity: 'critical' }] });
    expect(await tls()).toMatchObject({ status: 'Expired' });
  });

  it('takes no word for a recovery that it has not seen', async () => {
    const late = Date.parse('2026-12-11T00:00:00Z');
    await check(late, server.port);
    await server.stop();
    await plane.ok(['domain', 'tls', 'set', SHOP, '--cert', lasting.cert], { now: new Date(late) });
    for (const hours of [1, 2, 48]) {
      const quiet = await check(late + hours * 60 * MINUTE, server.port);
      expect(quiet).toMatchObject({ code: 7, rows: [{ state: 'failing', event: null }] });
    }
    expect(await incidents()).toMatchObject([{ status: 'open', count: 1 }]);
  });

  it('speaks up about a certificate for other names, and one of tomorrow', async () => {
    await server.renew(await certificateFor(plane.folder, 'DNS:other.example.com'));
    const foreign = await check(START, server.port);
    expect(foreign.rows).toMatchObject([{ state: 'failing', severity: 'critical' }]);
    expect(foreign.rows[0]!.seen).toBe(`the certificate is for DNS:other.example.com, not for ${SHOP}`);
    expect(await tls()).toMatchObject({ status: 'Pending' });
    await server.renew(lasting);
    const early = await check(Date.parse('2018-12-31T00:00:00Z'), server.port);
    expect(early.rows[0]!.seen).toBe('the certificate is not valid before 2019-01-01T00:00:00.000Z');
  });

  it('sees the certificate of a server that is down', async () => {
    server.answer(503);
    await plane.ok(`alert add ${SHOP} downtime --threshold 1`);
    const { rows } = await check(START, server.port);
    expect(rows).toMatchObject([
      { kind: 'downtime', state: 'failing', severity: 'critical' },
      { kind: 'tls-expiry', state: 'ok' },
    ]);
    expect(await tls()).toMatchObject({ status: 'Active' });
    // One request for both.
    expect(server.requests).toEqual([`GET ${SHOP} /`]);
  });
});

describe('alert check of downtime', () => {
  let server: WebServer;

  beforeEach(async () => {
    server = await webServer(lasting);
    await plane.ok(`alert add ${SHOP} downtime --threshold 3 --window 10m`);
  });

  it('counts failed probes over several checks, and waits until all is well for the window', async () => {
    const states = async (...minutes: number[]) => {
      const found = [];
      for (const minute of minutes) {
        const { code, rows } = await check(START + minute * MINUTE, server.port);
        found.push([rows[0]!.state, code]);
      }
      return found;
    };
    expect(await states(0)).toEqual([['ok', 0]]);
    server.answer(503);
    expect(await states(1, 2)).toEqual([
      ['pending', 0],
      ['pending', 0],
    ]);
    server.answer(200);
    expect(await states(3)).toEqual([['ok', 0]]);
    server.answer(500);
    expect(await states(4, 5, 6, 7)).toEqual([
      ['pending', 0],
      ['pending', 0],
      ['failing', 7],
      ['failing', 7],
    ]);
    server.answer(200);
    expect(await states(8, 12)).toEqual([
      ['failing', 7],
      ['failing', 7],
    ]);
    // It flaps: the time begins anew, and it is the same incident.
    server.answer(502);
    expect(await states(13)).toEqual([['failing', 7]]);
    server.answer(200);
    expect(await states(14, 19, 23)).toEqual([
      ['failing', 7],
      ['failing', 7],
      ['failing', 7],
    ]);
    expect(await states(24)).toEqual([['ok', 0]]);
    expect(await incidents()).toMatchObject([{ status: 'resolved', severity: 'critical' }]);
  });

  it.each([
    [200, true],
    [204, true],
    [404, true],
    [401, true],
    [500, false],
    [503, false],
  ])('takes an answer of %i for up: %s', async (status, up) => {
    server.answer(status);
    const { rows } = await check(START, server.port);
    expect(rows).toMatchObject([{ state: up ? 'ok' : 'pending' }]);
    expect(rows[0]!.seen).toBe(`https://${SHOP}/ at 127.0.0.1:${server.port} answered ${status}`);
  });

  it('follows no redirect', async () => {
    const other = await webServer();
    server.answer(302, { Location: `http://127.0.0.1:${other.port}/` });
    expect((await check(START, server.port)).rows).toMatchObject([{ state: 'ok' }]);
    expect(other.requests).toEqual([]);
  });

  it('waits no longer for an answer than it is told', async () => {
    server.answer(null);
    const { rows } = await check(START, server.port, '--timeout 1s');
    expect(rows).toMatchObject([{ state: 'pending' }]);
    expect(rows[0]!.seen).toContain('it did not answer within 1 s');
  });

  it('says that a server speaks no TLS', async () => {
    const plain = await webServer();
    const { rows } = await check(START, plain.port);
    expect(rows).toMatchObject([{ state: 'pending' }]);
    expect(rows[0]!.seen).toContain('it does not speak TLS');
  });

  it('asks over HTTP where TLS has yet to come, and never where it was', async () => {
    const plain = await webServer();
    const closed = await webServer();
    await closed.stop();
    const ways = (port: number) => `:443:127.0.0.1:${port} --connect-to :80:127.0.0.1:${plain.port}`;
    const checked = async (port: number, minute: number) => {
      const command = `alert check --team acme -o json --connect-to ${ways(port)}`;
      const { stdout } = await plane.run(command, { now: new Date(START + minute * MINUTE) });
      return (JSON.parse(stdout) as Row[])[0]!;
    };
    expect(await checked(closed.port, 0)).toMatchObject({
      state: 'ok',
      seen: `http://${SHOP}/ at 127.0.0.1:${plain.port} answered 200`,
    });
    expect(plain.requests).toEqual([`GET ${SHOP} /`]);
    await checked(server.port, 1);
    expect(await tls()).toMatchObject({ status: 'Active' });
    const down = await checked(closed.port, 2);
    expect(down.state).toBe('pending');
    expect(down.seen).toContain('nobody listens there (ECONNREFUSED)');
    expect(plain.requests).toHaveLength(1);
  });

  it('names what the DNS does not know', async () => {
    const { rows } = await check(START, 1, '--connect-to ::nobody.invalid:');
    expect(rows[0]!.seen).toContain('nobody listens there');
    const command = 'alert check --team acme -o json --connect-to ::nobody.invalid: --timeout 5s';
    const { stdout } = await plane.run(command, { now: new Date(START + MINUTE) });
    expect((JSON.parse(stdout) as Row[])[0]!.seen).toMatch(
      /^https:.*: the DNS (has no address|did not answer)/,
    );
  });
});

describe('alert check', () => {
  it('leaves out what is disabled', async () => {
    const server = await webServer(lasting);
    server.answer(500);
    await plane.ok(`alert add ${SHOP} downtime --threshold 1`);
    expect(await check(START, server.port)).toMatchObject({ code: 7 });
    await plane.ok(`domain set ${SHOP} --disable`);
    expect(await check(START + MINUTE, server.port)).toMatchObject({ code: 0, rows: [] });
    await plane.ok(`domain set ${SHOP} --enable`);
    await plane.ok(`alert set ${SHOP} downtime --disable`);
    // The incident is there all the same.
    const left = await check(START + 2 * MINUTE, server.port);
    expect(left).toMatchObject({ code: 7, rows: [] });
    expect(left.stderr).toContain(`of which no alert here tells of ${SHOP} downtime`);
    expect(server.requests).toHaveLength(1);
  });

  it('leaves an incident that was opened by hand to be resolved by hand', async () => {
    const server = await webServer(lasting);
    await plane.ok(`alert add ${SHOP} downtime`);
    await plane.ok(`incident open ${SHOP} downtime --message "moved by hand"`, { now: new Date(START) });
    for (const minute of [1, 60, 600]) {
      const found = await check(START + minute * MINUTE, server.port);
      expect(found).toMatchObject({ code: 7, rows: [{ state: 'failing', event: null }] });
      expect(found.rows[0]!.seen).toContain('answered 200');
    }
    await plane.ok(`incident ack ${SHOP} downtime`);
    expect(await check(START + 601 * MINUTE, server.port)).toMatchObject({ code: 7 });
    await plane.ok(`incident resolve ${SHOP} downtime`);
    expect(await check(START + 602 * MINUTE, server.port)).toMatchObject({
      code: 0,
      rows: [{ state: 'ok' }],
    });
  });

  it('keeps to a team and to a domain', async () => {
    const server = await webServer(lasting);
    await plane.run('domain add blog.example.com --team globex');
    await plane.ok(`alert add ${SHOP} downtime`);
    await plane.run('alert add blog.example.com downtime');
    await plane.run('incident open blog.example.com error-rate --message slow');
    const to = `--connect-to ::127.0.0.1:${server.port} -o name`;
    expect(await plane.run(`alert check --team acme ${to}`)).toMatchObject({ code: 0, stdout: `${SHOP}\n` });
    expect(await plane.run(`alert check ${to}`)).toMatchObject({
      code: 7,
      stdout: `blog.example.com\n${SHOP}\n`,
    });
    expect(await plane.run(`alert check --domain ${SHOP} ${to}`)).toMatchObject({
      code: 0,
      stdout: `${SHOP}\n`,
    });
    expect((await plane.run(`alert check --team globex --domain ${SHOP} ${to}`)).code).toBe(3);
  });

  it('says how alerts on traffic stand where there is none', async () => {
    await plane.ok(`alert add ${SHOP} bad-gateway-streak`);
    await plane.ok(`alert add ${SHOP} error-rate`);
    const { code, rows, stderr } = await check(START, 1);
    expect(code).toBe(0);
    expect(rows.map(({ kind, state }) => [kind, state])).toEqual([
      ['bad-gateway-streak', 'unknown'],
      ['error-rate', 'unknown'],
    ]);
    expect(stderr).toContain('2 alerts checked, no incident is open; nothing is known for 2');
  });

  it('wants a token that may write', async () => {
    await plane.ok('user add ci@acme.example --team acme');
    const { stdout } = await plane.ok('user token create ci@acme.example --name ci --scope read -o name');
    const refused = await plane.run('alert check', { env: { NETGOAT_TOKEN: stdout.trim() } });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('no scope "write"');
  });

  it.each([
    ['--connect-to 127.0.0.1', '--connect-to takes HOST1:PORT1:HOST2:PORT2'],
    ['--connect-to a:b:c:d', '--connect-to takes HOST1:PORT1:HOST2:PORT2'],
    ['--connect-to a:1:b:70000', '--connect-to takes HOST1:PORT1:HOST2:PORT2'],
    ['--timeout 0', 'timeout: must be at least a second'],
    ['--timeout 5m', 'timeout: must be at most a minute'],
    ['--timeout soon', 'timeout:'],
  ])('%s: exit 2', async (flags, said) => {
    const refused = await plane.run(`alert check ${flags}`);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(said);
  });
});
