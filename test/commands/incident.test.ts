import { PassThrough } from 'node:stream';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

let plane: ControlPlane;
let domain: string;
let count = 0;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('team add Globex');
});

beforeEach(async () => {
  count += 1;
  domain = `d${count}.example.com`;
  await plane.ok(`domain add ${domain} --team acme`);
});

interface Shown {
  id: string;
  status: string;
  timeline: { actor: string; event: string; text: string; at: string }[];
}

const open = (kind = 'downtime', options = {}) =>
  plane.ok(['incident', 'open', domain, kind, '--message', 'checkout answers 502'], options);
const shown = (name = `${domain} downtime`) => plane.json<Shown>(`incident show ${name} -o json`);

describe('incident', () => {
  it('goes from open over acknowledged to resolved, and says who did what when', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
    await open('downtime', { now: at(0) });
    const { id } = await shown();
    const as = (actor: string, minute: number) => ({ env: { NETGOAT_ACTOR: actor }, now: at(minute) });
    await plane.ok(`incident ack ${domain} downtime --note "on it"`, as('ann', 1));
    await plane.ok(`incident note ${domain} downtime "upstream restarted"`, as('bob', 2));
    await plane.ok(`incident resolve ${id} --note "rolled back"`, as('ann', 3));
    await plane.ok(`incident note ${id} downtime was short`, as('ann', 4));
    expect(await shown(id)).toMatchObject({
      domain,
      team: 'acme',
      kind: 'downtime',
      severity: 'major',
      status: 'resolved',
      message: 'checkout answers 502',
      firstSeen: at(0).toISOString(),
      resolvedAt: at(3).toISOString(),
      count: 1,
      revision: 5,
      timeline: [
        { at: at(0).toISOString(), actor: 'tester', event: 'opened', text: 'checkout answers 502' },
        { at: at(1).toISOString(), actor: 'ann', event: 'acknowledged', text: 'on it' },
        { at: at(2).toISOString(), actor: 'bob', event: 'note', text: 'upstream restarted' },
        { at: at(3).toISOString(), actor: 'ann', event: 'resolved', text: 'rolled back' },
        { at: at(4).toISOString(), actor: 'ann', event: 'note', text: 'downtime was short' },
      ],
    });
    const { stdout } = await plane.ok(`incident show ${id}`);
    expect(stdout).toMatch(/^opened by +hand$/m);
    const table = stdout.slice(stdout.indexOf('\nAT ') + 1).split('\n');
    expect(table).toEqual([
      expect.stringMatching(/^AT +EVENT +BY +TEXT$/),
      expect.stringMatching(/^2026-01-01T12:00:00.000Z +opened +tester +checkout answers 502$/),
      expect.stringMatching(/^2026-01-01T12:01:00.000Z +acknowledged +ann +on it$/),
      expect.stringMatching(/^2026-01-01T12:02:00.000Z +note +bob +upstream restarted$/),
      expect.stringMatching(/^2026-01-01T12:03:00.000Z +resolved +ann +rolled back$/),
      expect.stringMatching(/^2026-01-01T12:04:00.000Z +note +ann +downtime was short$/),
      '',
    ]);
    const [, row = ''] = (await plane.ok('incident list --status all')).stdout.split('\n');
    expect(row).toContain(`${at(0).toISOString()}  ${at(0).toISOString()}`);
  });

  it.each([40, 80])('shows times to the second on a terminal of %i columns', async (columns) => {
    await open('downtime', { now: new Date(Date.UTC(2026, 0, 1, 12, 0)) });
    const stdout = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true });
    await plane.ok(`incident show ${domain} downtime`, { stdout, columns, env: { NO_COLOR: '1' } });
    const text = String(stdout.read());
    expect(text).toContain('2026-01-01T12:00:00Z');
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(columns);
  });

  it('is open once a domain and kind, and again after it is resolved', async () => {
    await open();
    const { id } = await shown();
    const second = await plane.run(`incident open ${domain} downtime --message again`);
    expect(second).toMatchObject({ code: 4, stdout: '' });
    expect(second.stderr).toContain(id);
    await open('error-rate');
    await plane.ok(`incident resolve ${domain} downtime`);
    await open();
    await plane.ok(`incident resolve ${domain} downtime`);
    expect(await plane.json(`incident list --domain ${domain} --status resolved -o json`)).toHaveLength(2);
    expect(await plane.json(`incident list --domain ${domain} --json kind`)).toEqual([
      { kind: 'error-rate' },
    ]);
  });

  it('refuses a step that was taken already, and says by whom', async () => {
    await open();
    const { id } = await shown();
    await plane.ok(`incident ack ${id}`, { env: { NETGOAT_ACTOR: 'ann' } });
    const again = await plane.run(`incident ack ${id}`);
    expect(again.code).toBe(4);
    expect(again.stderr).toContain('acknowledged already (ann, ');
    await plane.ok(`incident resolve ${id}`);
    expect((await plane.run(`incident resolve ${id}`)).code).toBe(4);
    expect((await plane.run(`incident ack ${id}`)).code).toBe(4);
    expect((await plane.run(`incident resolve ${domain} downtime`)).code).toBe(3);
  });

  it('names the alert of its kind', async () => {
    await plane.ok(`alert add ${domain} downtime`);
    const { id } = await plane.json<{ id: string }>(`alert show ${domain} downtime -o json`);
    await open();
    expect(await shown()).toMatchObject({ alert: id });
    await open('error-rate');
    expect(await shown(`${domain} error-rate`)).toMatchObject({ alert: null });
  });

  it('is found by the beginning of its id, if that is enough to tell', async () => {
    await open();
    await open('error-rate');
    const [one, two] = [await shown(), await shown(`${domain} error-rate`)];
    const common = [...one.id].findIndex((digit, at) => digit !== two.id[at]);
    const all = await plane.json<{ id: string }[]>('incident list --status all --json id');
    const others = all.map(({ id }) => id).filter((id) => id !== one.id);
    const starts = Array.from({ length: 24 }, (_, at) => one.id.slice(0, at + 1));
    const alone = starts.find((start) => others.every((id) => !id.startsWith(start)));
    expect(await shown(one.id.toUpperCase())).toMatchObject({ id: one.id });
    expect(await shown(alone)).toMatchObject({ kind: 'downtime' });
    const unclear = await plane.run(`incident show ${one.id.slice(0, common)}`);
    expect(unclear.code).toBe(2);
    const alike = all.map(({ id }) => id).filter((id) => id.startsWith(one.id.slice(0, common)));
    expect(unclear.stderr).toContain(`${alike.length} incidents begin with`);
    expect(alike).toContain(two.id);
    expect(alike).toContain(/more of the id: ([0-9a-f]{24})/.exec(unclear.stderr)?.[1]);
    expect((await plane.run('incident show 000000000000000000000000')).code).toBe(3);
    expect((await plane.run('incident show 00')).code).toBe(2);
    expect((await plane.run(`incident show ${domain}`)).stderr).toContain('a domain and a kind');
  });

  it('lists by state, time and severity, the newest first', async () => {
    const day = (days: number) => new Date(Date.UTC(2026, 5, days));
    await open('downtime', { now: day(1) });
    await plane.ok(`incident open ${domain} error-rate --message x --severity critical`, { now: day(9) });
    await plane.ok(`incident ack ${domain} error-rate`, { now: day(9) });
    const kinds = async (flags: string) =>
      (
        await plane.json<{ kind: string }[]>(`incident list --domain ${domain} ${flags} --json kind`, {
          now: day(10),
        })
      ).map(({ kind }) => kind);
    expect(await kinds('')).toEqual(['error-rate', 'downtime']);
    expect(await kinds('--status open')).toEqual(['downtime']);
    expect(await kinds('--status acknowledged')).toEqual(['error-rate']);
    expect(await kinds('--status resolved')).toEqual([]);
    expect(await kinds('--since 7d')).toEqual(['error-rate']);
    expect(await kinds('--severity major')).toEqual(['downtime']);
    expect(await kinds('--kind downtime --status all')).toEqual(['downtime']);
  });

  it.each([
    ['incident open DOMAIN downtime', 2, 'missing --message'],
    ['incident open DOMAIN nonsense --message x', 2, 'Allowed choices'],
    ['incident open DOMAIN downtime --message x --severity bad', 2, 'Allowed choices'],
    ['incident open none.example.com downtime --message x', 3, 'no domain'],
    ['incident list --since then', 2, 'since:'],
    ['incident list --status closed', 2, 'Allowed choices'],
    ['incident note DOMAIN', 2, 'missing <text>'],
    ['incident ack DOMAIN downtime', 3, 'has no open incident downtime'],
  ])('%s: exit %i', async (command, code, said) => {
    const refused = await plane.run(command.replace('DOMAIN', domain));
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(said);
  });

  it('keeps tenants apart', async () => {
    await open();
    const { id } = await shown();
    for (const command of [
      `show ${id}`,
      `ack ${id}`,
      `resolve ${id}`,
      `note ${id} x`,
      `ack ${domain} downtime`,
    ]) {
      expect((await plane.run(`incident ${command} --team globex`)).code, command).toBe(3);
    }
    expect(await plane.json('incident list --team globex -o json')).toEqual([]);
    expect((await shown()).status).toBe('open');
  });

  it('writes nothing on a dry run', async () => {
    expect((await plane.ok(`incident open ${domain} downtime --message x --dry-run`)).stdout).toContain(
      `+ incident ${domain} downtime`,
    );
    expect(await plane.json(`incident list --domain ${domain} -o json`)).toEqual([]);
  });
});
