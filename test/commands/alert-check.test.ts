import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import { checkedShop, MINUTE, SHOP, START } from '../helpers/checking.ts';
import { webServer } from '../helpers/web-server.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const on = checkedShop();
const { check } = on;

describe('alert check', () => {
  it('leaves out what is disabled', async () => {
    const server = await webServer(on.lasting);
    server.answer(500);
    await on.plane.ok(`alert add ${SHOP} downtime --threshold 1`);
    expect(await check(START, server.port)).toMatchObject({ code: 7 });
    await on.plane.ok(`domain set ${SHOP} --disable`);
    expect(await check(START + MINUTE, server.port)).toMatchObject({ code: 0, rows: [] });
    await on.plane.ok(`domain set ${SHOP} --enable`);
    await on.plane.ok(`alert set ${SHOP} downtime --disable`);
    // The incident is there all the same.
    const left = await check(START + 2 * MINUTE, server.port);
    expect(left).toMatchObject({ code: 7, rows: [] });
    expect(left.stderr).toContain(`of which no alert here tells of ${SHOP} downtime`);
    expect(server.requests).toHaveLength(1);
  });

  it('leaves an incident that was opened by hand to be resolved by hand', async () => {
    const server = await webServer(on.lasting);
    await on.plane.ok(`alert add ${SHOP} downtime`);
    await on.plane.ok(`incident open ${SHOP} downtime --message "moved by hand"`, { now: new Date(START) });
    for (const minute of [1, 60, 600]) {
      const found = await check(START + minute * MINUTE, server.port);
      expect(found).toMatchObject({ code: 7, rows: [{ state: 'failing', event: null }] });
      expect(found.rows[0]!.seen).toContain('answered 200');
    }
    await on.plane.ok(`incident ack ${SHOP} downtime`);
    expect(await check(START + 601 * MINUTE, server.port)).toMatchObject({ code: 7 });
    await on.plane.ok(`incident resolve ${SHOP} downtime`);
    expect(await check(START + 602 * MINUTE, server.port)).toMatchObject({
      code: 0,
      rows: [{ state: 'ok' }],
    });
  });

  it('keeps to a team and to a domain', async () => {
    const server = await webServer(on.lasting);
    await on.plane.run('domain add blog.example.com --team globex');
    await on.plane.ok(`alert add ${SHOP} downtime`);
    await on.plane.run('alert add blog.example.com downtime');
    await on.plane.run('incident open blog.example.com error-rate --message slow');
    const to = `--connect-to ::127.0.0.1:${server.port} -o name`;
    expect(await on.plane.run(`alert check --team acme ${to}`)).toMatchObject({
      code: 0,
      stdout: `${SHOP}\n`,
    });
    expect(await on.plane.run(`alert check ${to}`)).toMatchObject({
      code: 7,
      stdout: `blog.example.com\n${SHOP}\n`,
    });
    expect(await on.plane.run(`alert check --domain ${SHOP} ${to}`)).toMatchObject({
      code: 0,
      stdout: `${SHOP}\n`,
    });
    expect((await on.plane.run(`alert check --team globex --domain ${SHOP} ${to}`)).code).toBe(3);
  });

  it('says how alerts on traffic stand where there is none', async () => {
    await on.plane.ok(`alert add ${SHOP} bad-gateway-streak`);
    await on.plane.ok(`alert add ${SHOP} error-rate`);
    const { code, rows, stderr } = await check(START, 1);
    expect(code).toBe(0);
    expect(rows.map(({ kind, state }) => [kind, state])).toEqual([
      ['bad-gateway-streak', 'unknown'],
      ['error-rate', 'unknown'],
    ]);
    expect(stderr).toContain('2 alerts checked, no incident is open; nothing is known for 2');
  });

  it('wants a token that may write', async () => {
    await on.plane.ok('user add ci@acme.example --team acme');
    const { stdout } = await on.plane.ok('user token create ci@acme.example --name ci --scope read -o name');
    const refused = await on.plane.run('alert check', { env: { NETGOAT_TOKEN: stdout.trim() } });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('no scope "write"');
  });

  it.each([
    ['--connect-to 127.0.0.1', '--connect-to takes HOST1:PORT1:HOST2:PORT2'],
    ['--connect-to a:b:c:d', '--connect-to takes HOST1:PORT1:HOST2:PORT2'],
    ['--connect-to a:1:b:70000', '--connect-to takes HOST1:PORT1:HOST2:PORT2'],
    ['--timeout 0', 'timeout: must be at least a second'],
    ['--timeout 5m', 'timeout: must be at most a minute'],
    ['--timeout soon', 'timeout: must be a time such as 30s'],
  ])('%s: exit 2', async (flags, said) => {
    const refused = await on.plane.run(`alert check ${flags}`);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(said);
  });

  it('tells the webhooks of an alert, and says which it could not', async () => {
    const [server, receiver] = [await webServer(on.lasting), await startReceiver()];
    await on.plane.ok(`alert add ${SHOP} downtime --threshold 1 --window 1m --notify ${receiver.url}`);
    server.answer(503);
    const opened = await check(START, server.port);
    expect(opened).toMatchObject({ code: 7, rows: [{ event: 'opened' }] });
    expect(opened.stderr).not.toContain('warning');
    const [told] = await receiver.next();
    expect(JSON.parse(told!.body)).toMatchObject({
      type: 'incident.opened',
      data: { incident: { id: opened.rows[0]!.incident, message: opened.rows[0]!.seen } },
    });
    receiver.answer(404);
    server.answer(200);
    await check(START + MINUTE, server.port);
    const over = await check(START + 3 * MINUTE, server.port);
    expect(over).toMatchObject({ code: 0, rows: [{ event: 'resolved' }] });
    expect(over.stderr).toMatch(/warning: http:.*\/hook was not told: .*404/);
  });

  it('tries a webhook that is down once more, and leaves it to who comes next', async () => {
    const [server, receiver] = [await webServer(on.lasting), await startReceiver()];
    await on.plane.ok(`alert add ${SHOP} downtime --threshold 1 --notify ${receiver.url}`);
    server.answer(503);
    receiver.answer(503);
    const { stderr } = await check(START, server.port);
    expect(receiver.received).toHaveLength(2);
    expect(stderr).toMatch(/warning: http:.*\/hook was not told: answered 503; it will be tried again/);
    receiver.answer(204);
    expect((await check(START + MINUTE, server.port)).stderr).not.toContain('was not told');
    expect(receiver.received).toHaveLength(3);
  });

  it('counts what edges have reported', async () => {
    await on.plane.ok(`alert add ${SHOP} error-rate --threshold 20% --window 5m`);
    await on.plane.ok(`alert add ${SHOP} bad-gateway-streak --threshold 30% --window 5m`);
    const line = (status: number) =>
      `192.0.2.1 - - [01/Jun/2026:00:00:30 +0000] "GET / HTTP/1.1" ${status} 5\n`;
    const stdin = [200, 200, 200, 500, 502].map((status) => line(status).repeat(4)).join('');
    await on.plane.ok(`analytics ingest - --domain ${SHOP}`, { stdin, now: new Date(START + MINUTE) });
    const { code, rows } = await check(START + MINUTE, 1);
    expect(code).toBe(7);
    expect(rows).toMatchObject([
      { kind: 'bad-gateway-streak', state: 'ok', seen: '20.0 % of 20 answers are 502' },
      { kind: 'error-rate', state: 'failing', seen: '40.0 % of 20 answers are 5xx', event: 'opened' },
    ]);
    // An hour later nobody has told of anything, which is no recovery.
    const quiet = await check(START + 61 * MINUTE, 1);
    expect(quiet.rows.map(({ state }) => state)).toEqual(['unknown', 'failing']);
    expect(quiet.rows[1]!.seen).toBe('too few answers to tell in the last 5m');
  });

  it('may run twice at once: one incident comes of it', async () => {
    const server = await webServer(on.lasting);
    server.answer(503);
    await on.plane.ok(`alert add ${SHOP} downtime --threshold 1`);
    await on.plane.ok(`alert add ${SHOP} tls-expiry`);
    const checks = await Promise.all([0, 1, 2, 3].map((ms) => check(START + ms, server.port)));
    // One that looked before another, and was overtaken, leaves it to that one.
    const outcomes = checks.map(({ code, rows }) => `${rows[0]!.state} ${code}`);
    expect(outcomes).toContain('failing 7');
    expect(['failing 7', 'pending 0']).toEqual(expect.arrayContaining(outcomes));
    expect(await on.plane.json(`incident list --domain ${SHOP} --status all -o json`)).toHaveLength(1);
    expect(await on.plane.json(`domain tls show ${SHOP} -o json`)).toMatchObject({ status: 'Active' });
  });

  it('keeps nothing of an alert that is removed while its domain is probed', async () => {
    const server = await webServer(on.lasting);
    await on.plane.ok(`alert add ${SHOP} downtime --threshold 1`);
    server.answer(503);
    server.before(() => on.plane.ok(`alert remove ${SHOP} downtime --yes`));
    expect(await check(START, server.port)).toMatchObject({
      code: 0,
      rows: [{ state: 'unknown', incident: null }],
    });
    const store = await openStore(parseTarget(on.plane.database, {}));
    onTestFinished(() => store.close());
    expect(await store.models.AlertState.countDocuments()).toBe(0);
  });

  it('goes on without a domain that is removed while it is probed', async () => {
    const server = await webServer(on.lasting);
    server.answer(503);
    server.before(() => on.plane.ok(`domain remove ${SHOP} --yes`));
    await on.plane.ok(`alert add ${SHOP} downtime --threshold 1`);
    expect(await check(START, server.port)).toMatchObject({
      code: 0,
      rows: [{ state: 'unknown', seen: 'the alert was removed meanwhile' }],
    });
    expect(await on.plane.json(`incident list --team acme --status all -o json`)).toEqual([]);
  });

  it.each(['--sort nothing', '--json nothing', '--filter nothing=1'])(
    '%s: exit 2, before it looks at anything',
    async (flags) => {
      const server = await webServer(on.lasting);
      await on.plane.ok(`alert add ${SHOP} downtime`);
      const refused = await on.plane.run(`alert check --connect-to ::127.0.0.1:${server.port} ${flags}`);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(server.requests).toEqual([]);
    },
  );
});
