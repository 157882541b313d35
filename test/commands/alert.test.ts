import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

let plane: ControlPlane;
const SHOP = 'shop.example.com';

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('team add Globex');
  await plane.ok(`domain add ${SHOP} --team acme`);
  await plane.ok('domain add blog.example.com --team globex');
});

describe('alert', () => {
  beforeEach(async () => {
    for (const { domain, kind } of await plane.json<{ domain: string; kind: string }[]>(
      'alert list -o json',
    )) {
      await plane.ok(`alert remove ${domain} ${kind} --yes`);
    }
  });

  it('takes what is not given from the table of kinds', async () => {
    await plane.ok(`alert add ${SHOP} bad-gateway-streak --threshold 7 --window 1h`);
    await plane.ok(`alert add ${SHOP} tls-expiry --disabled`);
    expect(await plane.json(`alert list ${SHOP} --json kind,threshold,window,enabled,team`)).toEqual([
      { kind: 'bad-gateway-streak', threshold: 7, window: 3600, enabled: true, team: 'acme' },
      { kind: 'tls-expiry', threshold: 14, window: 300, enabled: false, team: 'acme' },
    ]);
    expect((await plane.ok('alert list --disabled')).stdout).toMatch(/tls-expiry +14 days before expiry +5m/);
  });

  it('takes a share of the answers for a threshold', async () => {
    const settings = async (kind: string) =>
      plane.json(`alert show ${SHOP} ${kind} --json threshold,percent`);
    await plane.ok(`alert add ${SHOP} bad-gateway-streak --threshold 20%`);
    await plane.ok(`alert add ${SHOP} error-rate --threshold 7%`);
    expect(await settings('bad-gateway-streak')).toEqual({ threshold: 20, percent: true });
    expect(await settings('error-rate')).toEqual({ threshold: 7, percent: false });
    const { stdout } = await plane.ok('alert list');
    expect(stdout).toContain('20% of answers are 502');
    expect(stdout).toContain('7% of answers are 5xx');
    await plane.ok(`alert set ${SHOP} bad-gateway-streak --window 1m`);
    expect(await settings('bad-gateway-streak')).toEqual({ threshold: 20, percent: true });
    await plane.ok(`alert set ${SHOP} bad-gateway-streak --threshold 6`);
    expect(await settings('bad-gateway-streak')).toEqual({ threshold: 6, percent: false });
  });

  it('changes only what is given', async () => {
    await plane.ok(`alert add ${SHOP} downtime --notify env:HOOK --notify https://ops.example.net/in`);
    const { stdout } = await plane.ok(`alert set ${SHOP} downtime --threshold 4 --disable`);
    expect(stdout).toContain('threshold: 3 -> 4');
    expect(await plane.json(`alert show ${SHOP} downtime -o json`)).toMatchObject({
      threshold: 4,
      window: 300,
      notify: ['env:HOOK', 'https://ops.example.net/in'],
      enabled: false,
      revision: 2,
    });
    await plane.ok(`alert set ${SHOP} downtime --no-webhooks --enable`);
    expect(await plane.json(`alert show ${SHOP} downtime -o json`)).toMatchObject({
      notify: [],
      enabled: true,
    });
    expect((await plane.run(`alert set ${SHOP} downtime --threshold 5 --if-revision 2`)).code).toBe(4);
  });

  it.each([
    'https://user:hunter2@ops.example.net/in',
    'https://ops.example.net/in?token=hunter2',
    'https://ops.example.net/in?x-api-key=hunter2',
    'https://hooks.slack.com/services/T0/B0/hunter2',
    'https://discord.com/api/webhooks/1/hunter2',
  ])('keeps no secret and repeats none: %s', async (url) => {
    const refused = await plane.run(['alert', 'add', SHOP, 'downtime', '--notify', url]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('env:NAME or file:PATH');
    expect(refused.stderr).not.toContain('hunter2');
    expect(await plane.json('alert list -o json')).toEqual([]);
  });

  it.each([
    [`alert add ${SHOP} downtimes`, 2, 'bad-gateway-streak'],
    [`alert add ${SHOP}`, 2, 'missing <kind>'],
    [`alert add ${SHOP} downtime --threshold 0`, 2, 'threshold: must be from 1'],
    [`alert add ${SHOP} downtime --threshold few`, 2, 'threshold: must be a whole number'],
    [`alert add ${SHOP} error-rate --threshold 101`, 2, 'at most 100 for error-rate'],
    [`alert add ${SHOP} downtime --window 0`, 2, 'window: must be at least'],
    [`alert add ${SHOP} downtime --threshold 20%`, 2, 'threshold: cannot be per cent'],
    [`alert add ${SHOP} bad-gateway-streak --threshold 101%`, 2, 'threshold: must be at most 100'],
    [`alert add ${SHOP} error-rate --threshold 101`, 2, 'threshold: must be at most 100'],
    [`alert add ${SHOP} downtime --window soon`, 2, 'window: must be a time such as'],
    [`alert add ${SHOP} downtime --notify ftp://ops.example.net`, 2, 'notify: must be an http(s) URL'],
    [`alert add ${SHOP} downtime --notify env:`, 2, 'notify: names no variable'],
    [`alert add shop.example.org downtime`, 3, 'no domain'],
    [`alert show ${SHOP} downtime`, 3, 'has no alert downtime'],
    [`alert set ${SHOP} downtime --threshold 3`, 3, 'has no alert downtime'],
    [`alert remove ${SHOP} downtime`, 2, '--yes'],
    [`alert remove ${SHOP}`, 2, 'missing <kind>'],
    [`alert set ${SHOP} downtime --no-webhooks --notify env:HOOK`, 2, 'say the opposite'],
    [`domain tls set ${SHOP} --clear --cert shop.pem`, 2, 'say the opposite'],
    [`domain set ${SHOP} --no-tags --tag shop`, 2, 'say the opposite'],
  ])('%s: exit %i', async (command, code, said) => {
    const refused = await plane.run(command);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(said);
  });

  it('keeps whole paths, and says that a key alone signs nothing', async () => {
    await plane.ok(`alert add ${SHOP} downtime --notify file:hooks/ops --secret file:./key`);
    const paths = { notify: [`file:${plane.folder}/hooks/ops`], secret: `file:${plane.folder}/key` };
    expect(await plane.json(`alert show ${SHOP} downtime -o json`)).toMatchObject(paths);
    await plane.ok(`alert set ${SHOP} downtime --notify file:/etc/hook --notify env:HOOK`);
    expect(await plane.json(`alert show ${SHOP} downtime --json notify`)).toEqual({
      notify: ['file:/etc/hook', 'env:HOOK'],
    });
    const said = 'warning: the key signs nothing as long as no webhook is told';
    const { stderr } = await plane.ok(`alert set ${SHOP} downtime --no-webhooks --secret env:KEY`);
    expect(stderr).toContain(said);
    expect((await plane.ok(`alert set ${SHOP} downtime --notify env:HOOK`)).stderr).not.toContain(said);
  });

  it('has one of a kind a domain', async () => {
    await plane.ok(`alert add ${SHOP} downtime`);
    expect((await plane.run(`alert add ${SHOP} downtime`)).code).toBe(4);
    await plane.ok('alert add blog.example.com downtime');
    expect((await plane.ok('alert list -o name')).stdout.split('\n')).toHaveLength(3);
  });

  it('keeps tenants apart', async () => {
    await plane.ok(`alert add ${SHOP} downtime`);
    for (const verb of ['show', 'set', 'add', 'remove --yes']) {
      const { code } = await plane.run(`alert ${verb} ${SHOP} downtime --team globex`);
      expect(code, verb).toBe(3);
    }
    expect(await plane.json('alert list --team globex -o json')).toEqual([]);
    expect(await plane.json('alert list --team acme --json domain')).toEqual([{ domain: SHOP }]);
  });

  it('leaves the incidents it opened, which name it no more', async () => {
    await plane.ok(`alert add ${SHOP} downtime`);
    await plane.ok(`incident open ${SHOP} downtime --message down`);
    const incident = `incident show ${SHOP} downtime --json alert`;
    expect(await plane.json(incident)).toEqual({ alert: expect.stringMatching(/^[0-9a-f]{24}$/) });
    await plane.ok(`alert remove ${SHOP} downtime --yes`);
    expect(await plane.json(incident)).toEqual({ alert: null });
    await plane.ok(`incident resolve ${SHOP} downtime`);
  });

  it('says which incidents name it no more', async () => {
    await plane.ok(`alert add ${SHOP} downtime`);
    await plane.ok(`incident open ${SHOP} downtime --message down`);
    const { stdout } = await plane.ok(`alert remove ${SHOP} downtime --yes`);
    expect(stdout).toMatch(/~ incident .*\n    alert: [0-9a-f]{24} -> \(none\)\n/);
    await plane.ok(`incident resolve ${SHOP} downtime`);
  });
});
