import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificateFor } from '../helpers/certificates.ts';
import { checkedShop, MINUTE, SHOP, START } from '../helpers/checking.ts';
import { webServer } from '../helpers/web-server.ts';
import type { WebServer } from '../helpers/web-server.ts';

const on = checkedShop();
const { check, tls, incidents } = on;
const version = async () => (await on.plane.json<unknown[]>('history list -o json')).length;

type Certificate = Awaited<ReturnType<typeof certificateFor>>;

/** Ends on 10 December 2026. */
let ending: Certificate;

beforeAll(async () => {
  ending = await certificateFor(on.plane.folder, `DNS:${SHOP}`, '20261210000000Z');
});

describe('alert check of tls-expiry', () => {
  let server: WebServer;

  beforeEach(async () => {
    server = await webServer(ending);
    await on.plane.ok(`alert add ${SHOP} tls-expiry`);
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

    await server.renew(on.lasting);
    expect(await check(over + MINUTE, server.port)).toMatchObject({
      code: 7,
      rows: [{ state: 'recovering' }],
    });
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
    const [newest] = await on.plane.json<{ command: string; actor: string }[]>('history list -o json');
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
    await on.plane.ok(['domain', 'tls', 'set', SHOP, '--cert', on.lasting.cert], { now: new Date(late) });
    for (const hours of [1, 2, 48]) {
      const quiet = await check(late + hours * 60 * MINUTE, server.port);
      expect(quiet).toMatchObject({ code: 7, rows: [{ state: 'failing', event: null }] });
    }
    expect(await incidents()).toMatchObject([{ status: 'open', count: 1 }]);
  });

  it('speaks up about a certificate for other names, and one of tomorrow', async () => {
    await server.renew(await certificateFor(on.plane.folder, 'DNS:other.example.com'));
    const foreign = await check(START, server.port);
    expect(foreign.rows).toMatchObject([{ state: 'failing', severity: 'critical' }]);
    expect(foreign.rows[0]!.seen).toBe(`the certificate is for DNS:other.example.com, not for ${SHOP}`);
    expect(await tls()).toMatchObject({ status: 'Pending' });
    await server.renew(on.lasting);
    const early = await check(Date.parse('2018-12-31T00:00:00Z'), server.port);
    expect(early.rows[0]!.seen).toBe('the certificate is not valid before 2019-01-01T00:00:00.000Z');
  });

  it('sees the certificate of a server that is down', async () => {
    server.answer(503);
    await on.plane.ok(`alert add ${SHOP} downtime --threshold 1`);
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
