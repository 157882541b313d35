import parsePrometheus from 'parse-prometheus-text-format';
import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { edgeToken, startServe } from '../helpers/serving.ts';

/** How long a change may take to be served: a second, and what a busy machine adds. */
const SOON_MS = 5_000;

describe('sync serve, to NetGoat agents', () => {
  let plane: ControlPlane;
  let token: string;

  beforeAll(async () => {
    plane = await controlPlane();
    for (const [team, domain] of [
      ['acme', 'shop.example.com'],
      ['other', 'b.example'],
    ]) {
      await plane.ok(`team add ${team}`);
      await plane.ok(`domain add ${domain} --team ${team} --waf on`);
      await plane.ok(`proxy upstream add ${domain} http://127.0.0.1:5080`);
    }
    token = await edgeToken(plane, 'acme');
  });

  /** As an agent does: its key in both headers. */
  const poll = (http: string, path = '/domains', key = token) =>
    fetch(`${http}${path}`, { headers: { 'X-API-Key': key, Authorization: `Bearer ${key}` } });

  const hostsAt = async (http: string) => {
    const { domains } = (await (await poll(http)).json()) as { domains: { domain: string }[] };
    return domains.map(({ domain }) => domain);
  };

  it('gives what sync show --format agent prints, of the teams of the token', async () => {
    const { http } = await startServe(plane);
    const answer = await poll(http);
    expect(answer.status).toBe(200);
    const body = await answer.text();
    expect(body).toBe((await plane.ok('sync show --format agent --team acme')).stdout);
    expect(body).not.toContain('b.example');
  });

  it('gives no more than the server was started for', async () => {
    const { http } = await startServe(plane, ['--team', 'other']);
    const answer = await poll(http);
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('shop.example.com');
  });

  it('gives a change at the next poll, and a polled state once', async () => {
    const { http } = await startServe(plane);
    expect(await hostsAt(http)).toEqual(['shop.example.com']);
    const { headers } = await poll(http);
    const etag = headers.get('etag')!;
    await plane.ok('domain add new.example --team acme');
    await plane.ok('proxy upstream add new.example http://127.0.0.1:5081');
    await expect.poll(() => hostsAt(http), { timeout: SOON_MS }).toEqual(['new.example', 'shop.example.com']);
    const again = async (known: string) =>
      (await fetch(`${http}/domains`, { headers: { 'X-API-Key': token, 'If-None-Match': known } })).status;
    expect(await again(etag)).toBe(200);
    expect(await again((await poll(http)).headers.get('etag')!)).toBe(304);
  });

  it('gives nothing to a token that was revoked, expired, or made for something else', async () => {
    const { http } = await startServe(plane);
    const made = async (flags: string, now?: Date) =>
      (
        await plane.ok(
          `user token create edge@acme.example ${flags} -o name`,
          now === undefined ? {} : { now },
        )
      ).stdout.trim();
    const reading = await made('--name reading --scope read');
    const old = await made('--name old --scope edge --expires 1d', new Date('2020-01-01T00:00:00Z'));
    const gone = await made('--name gone --scope edge');
    expect((await poll(http, '/domains', gone)).status).toBe(200);
    await plane.ok('user token revoke edge@acme.example gone --yes');
    await expect
      .poll(async () => (await poll(http, '/domains', gone)).status, { timeout: SOON_MS })
      .toBe(401);
    expect((await poll(http, '/domains', old)).status).toBe(401);
    expect((await poll(http, '/domains', reading)).status).toBe(403);
    expect((await fetch(`${http}/domains`)).status).toBe(401);
  });

  it('tells a monitor how it is, without a token and without names', async () => {
    const { http } = await startServe(plane);
    await poll(http);
    const health = await fetch(`${http}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'ok', version: expect.any(Number), nodes: 0 });
    const text = await (await fetch(`${http}/metrics`)).text();
    expect(text).not.toMatch(/acme|example\.com|b\.example/);
    const version = parsePrometheus(text).find(({ name }) => name === 'netgoat_version');
    const [newest] = await plane.json<{ version: number }[]>('history list --limit 1 -o json');
    expect(version).toMatchObject({ type: 'GAUGE', metrics: [{ value: String(newest!.version) }] });
  });
});
