import { beforeEach, describe, expect, it } from 'vitest';
import { checkedShop, MINUTE, SHOP, START } from '../helpers/checking.ts';
import type { CheckedAlert } from '../helpers/checking.ts';
import { webServer } from '../helpers/web-server.ts';
import type { WebServer } from '../helpers/web-server.ts';

const on = checkedShop();
const { check, tls, incidents } = on;

describe('alert check of downtime', () => {
  let server: WebServer;

  beforeEach(async () => {
    server = await webServer(on.lasting);
    await on.plane.ok(`alert add ${SHOP} downtime --threshold 3 --window 10m`);
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
      ['recovering', 7],
      ['recovering', 7],
    ]);
    // It flaps: the time begins anew, and it is the same incident.
    server.answer(502);
    expect(await states(13)).toEqual([['failing', 7]]);
    server.answer(200);
    expect(await states(14, 19, 23)).toEqual([
      ['recovering', 7],
      ['recovering', 7],
      ['recovering', 7],
    ]);
    expect(await states(24)).toEqual([['ok', 0]]);
    expect(await incidents()).toMatchObject([{ status: 'resolved', severity: 'critical' }]);
  });

  it('says when it will be over, and what was seen last', async () => {
    for (const [minute, status] of [
      [0, 503],
      [1, 503],
      [2, 503],
      [3, 200],
    ] as const) {
      server.answer(status);
      await check(START + minute * MINUTE, server.port);
    }
    const place = `https://${SHOP}/ at 127.0.0.1:${server.port}`;
    const shown = async (state: string) => on.plane.json(`incident show ${state} -o json`);
    expect(await shown(`${SHOP} downtime`)).toMatchObject({
      message: `${place} answered 503`,
      seen: `${place} answered 200`,
    });
    const now = new Date(START + 4 * MINUTE);
    const { stdout } = await on.plane.run(`alert check --connect-to ::127.0.0.1:${server.port}`, { now });
    expect(stdout).toContain('answered 200; over at 2026-06-01T00:13:00.000Z if it stays so');
    const [row] = (await check(START + 13 * MINUTE, server.port)).rows;
    expect(row).toMatchObject({ state: 'ok', event: 'resolved' });
    const [{ id }] = (await incidents()) as [{ id: string }];
    expect(await shown(id)).toMatchObject({ seen: null });
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
    await check(START - MINUTE, server.port);
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
      const { stdout } = await on.plane.run(command, { now: new Date(START + minute * MINUTE) });
      return (JSON.parse(stdout) as CheckedAlert[])[0]!;
    };
    expect(await checked(closed.port, 0)).toMatchObject({
      state: 'ok',
      seen: `http://${SHOP}/ at 127.0.0.1:${plain.port} answered 200`,
    });
    expect(plain.requests).toEqual([`GET ${SHOP} /`]);
    // Port 443 is in other hands.
    expect(await checked(plain.port, 1)).toMatchObject({
      state: 'ok',
      seen: expect.stringMatching(/^http:/),
    });
    await checked(server.port, 1);
    expect(await tls()).toMatchObject({ status: 'Active' });
    const down = await checked(closed.port, 2);
    expect(down.state).toBe('pending');
    expect(down.seen).toContain('nobody listens there (ECONNREFUSED)');
    expect(plain.requests).toHaveLength(2);
  });

  it('takes an IPv6 address in brackets', async () => {
    const { stdout } = await on.plane.run('alert check --team acme -o json --connect-to ::[::1]:1');
    expect((JSON.parse(stdout) as CheckedAlert[])[0]!.seen).toContain(`https://${SHOP}/ at [::1]:1: `);
  });

  it('names what the DNS does not know', async () => {
    const { rows } = await check(START, 1, '--connect-to ::nobody.invalid:');
    expect(rows[0]!.seen).toContain('nobody listens there');
    const command = 'alert check --team acme -o json --connect-to ::nobody.invalid: --timeout 5s';
    const { stdout } = await on.plane.run(command, { now: new Date(START + MINUTE) });
    expect((JSON.parse(stdout) as CheckedAlert[])[0]!.seen).toMatch(
      /^https:.*: the DNS (has no address|did not answer)/,
    );
  });
});
