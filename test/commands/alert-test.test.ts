import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificateFor } from '../helpers/certificates.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { webServer } from '../helpers/web-server.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';
import type { Received } from '../helpers/webhook-receiver.ts';

const ALERT = 'shop.example.com downtime';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const DOCUMENT = new URL('../../docs/alerts.md', import.meta.url);

let plane: ControlPlane;

beforeAll(async () => {
  plane = await controlPlane('team add Acme', 'team add Globex', 'domain add shop.example.com --team acme');
});

beforeEach(async () => {
  await plane.run(`alert remove ${ALERT} --yes`);
  await plane.ok(`alert add ${ALERT} --threshold 4 --notify env:HOOK`);
});

interface Row {
  target: string;
  result: string;
  status: number | null;
  signed: boolean;
  error: string | null;
}

/** Tries the alert's webhooks; the variables stand in the environment. */
async function tried(env: Record<string, string>, flags = '') {
  const { code, stdout, stderr } = await plane.run(`alert test ${ALERT} ${flags} -o json`, { env });
  return { code, stderr, rows: stdout === '' ? [] : (JSON.parse(stdout) as Row[]) };
}

describe('alert test', () => {
  it.each([
    ['a secret in the form of the specification', SECRET, new Webhook(SECRET)],
    ['any other text', 'correct horse', new Webhook('correct horse', { format: 'raw' })],
  ])('signs with %s so that the reference library verifies it', async (_, secret, reference) => {
    const receiver = await startReceiver();
    await plane.ok(`alert set ${ALERT} --secret env:KEY`);
    const { code, rows } = await tried({ HOOK: receiver.url, KEY: `${secret}\n` });
    expect(rows).toEqual([
      { target: 'env:HOOK', result: 'sent', status: 204, signed: true, error: null, ms: expect.any(Number) },
    ]);
    expect(code).toBe(0);
    const [{ method, path, headers, body }] = (await receiver.next()) as [Received];
    expect([method, path, headers['content-type']]).toEqual(['POST', '/hook', 'application/json']);
    expect(reference.verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'alert.test',
      data: {
        alert: { kind: 'downtime', threshold: 4, percent: false, window: 300 },
        domain: 'shop.example.com',
        team: 'acme',
      },
    });
    const forged = body.replace('acme', 'evil');
    expect(() => reference.verify(forged, headers as Record<string, string>)).toThrow('signature');
  });

  it('is verified by the few lines of docs/alerts.md', async () => {
    const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(await readFile(DOCUMENT, 'utf8')) ?? [];
    const file = join(plane.folder, 'verify.mjs');
    await writeFile(file, code);
    const { isGenuine } = (await import(file)) as { isGenuine: (...given: unknown[]) => boolean };
    const receiver = await startReceiver();
    await plane.ok(`alert set ${ALERT} --secret env:KEY`);
    for (const secret of [SECRET, 'correct horse']) {
      await tried({ HOOK: receiver.url, KEY: secret });
      const [{ headers, body }] = (await receiver.next()) as [Received];
      expect(isGenuine(secret, headers, Buffer.from(body))).toBe(true);
      expect(isGenuine(secret, headers, Buffer.from(`${body} `))).toBe(false);
      expect(isGenuine('another', headers, Buffer.from(body))).toBe(false);
      const late = { ...headers, 'webhook-timestamp': '1700000000' };
      expect(isGenuine(secret, late, Buffer.from(body))).toBe(false);
    }
  });

  it('signs nothing without a secret, and says so', async () => {
    const receiver = await startReceiver();
    await plane.ok(`alert set ${ALERT} --secret env:KEY`);
    await plane.ok(`alert set ${ALERT} --no-secret`);
    const { rows } = await tried({ HOOK: receiver.url });
    expect(rows).toMatchObject([{ result: 'sent', signed: false }]);
    const [{ headers }] = (await receiver.next()) as [Received];
    expect(headers['webhook-signature']).toBeUndefined();
    expect(headers['webhook-id']).toMatch(/^msg_/);
  });

  it('finds the webhook and the key in files beside it', async () => {
    const receiver = await startReceiver();
    await writeFile(join(plane.folder, 'hook'), `${receiver.url}\n`);
    await writeFile(join(plane.folder, 'key'), SECRET);
    await plane.ok(`alert set ${ALERT} --secret file:key --notify file:hook`);
    expect((await tried({})).code).toBe(0);
    const [{ headers, body }] = (await receiver.next()) as [Received];
    new Webhook(SECRET).verify(body, headers as Record<string, string>);
  });

  it.each([
    [500, 500, 'answered 500'],
    [404, 404, 'answered 404'],
    [{ status: 302, headers: { location: '/elsewhere' } }, 302, 'redirects are not followed'],
  ])('an answer of %o fails, after one request', async (answer, status, words) => {
    const receiver = await startReceiver();
    receiver.answer(answer);
    const { code, rows, stderr } = await tried({ HOOK: receiver.url });
    expect(code).toBe(7);
    expect(rows).toMatchObject([{ result: 'failed', status, error: expect.stringContaining(words) }]);
    expect(stderr).toContain('1 of 1 webhook failed');
    expect(receiver.received).toHaveLength(1);
  });

  it('does not read an answer that never ends', async () => {
    const receiver = await startReceiver();
    receiver.answer('endless');
    expect((await tried({ HOOK: receiver.url })).rows).toMatchObject([{ result: 'sent', status: 200 }]);
  });

  it('says that nobody listens, and that one of two failed', async () => {
    const receiver = await startReceiver();
    const gone = await startReceiver();
    await gone.stop();
    const { code, rows } = await tried({ A: receiver.url, B: gone.url }, '--notify env:A --notify env:B');
    expect(code).toBe(7);
    expect(rows).toMatchObject([
      { target: 'env:A', result: 'sent' },
      { target: 'env:B', result: 'failed', status: null, error: 'connection refused' },
    ]);
  });

  it('does not trust a certificate that nobody has signed', async () => {
    const { port, requests } = await webServer(await certificateFor(plane.folder, 'DNS:localhost'));
    const { code, rows } = await tried({ HOOK: `https://localhost:${port}/` });
    const error = 'its certificate is not trusted: DEPTH_ZERO_SELF_SIGNED_CERT';
    expect({ code, rows }).toMatchObject({ code: 7, rows: [{ result: 'failed', status: null, error }] });
    expect(requests).toEqual([]);
  });

  it.each([
    ['a variable that is not set', {}, 'env:HOOK is not set'],
    ['an empty one', { HOOK: ' ' }, 'env:HOOK is empty'],
    ['no URL', { HOOK: 'hunter2' }, 'env:HOOK holds no http(s) URL'],
    ['no http', { HOOK: 'ftp://hunter2.example.com/' }, 'env:HOOK holds no http(s) URL'],
    ['no host of that name', { HOOK: 'http://hunter2.invalid/' }, ''],
    ['a key that is none', { HOOK: 'http://127.0.0.1:1/', KEY: 'whsec_hunter2!' }, 'env:KEY holds no key'],
    ['nobody there', { HOOK: 'http://u:hunter2@127.0.0.1:1/hunter2?token=hunter2' }, 'connection refused'],
  ])('shows nothing of what a reference stands for: %s', async (_, env, words) => {
    if ('KEY' in env) await plane.ok(`alert set ${ALERT} --secret env:KEY`);
    const shown = await plane.run(`alert test ${ALERT}`, { env });
    expect(shown.code).toBe(7);
    expect(shown.stdout).toContain(words);
    expect(shown.stdout + shown.stderr).not.toContain('hunter2');
    const json = await tried(env);
    expect(JSON.stringify(json)).not.toContain('hunter2');
  });

  it('does not send unsigned what is to be signed', async () => {
    const receiver = await startReceiver();
    await plane.ok(`alert set ${ALERT} --secret env:KEY`);
    expect((await tried({ HOOK: receiver.url })).rows).toMatchObject([
      { result: 'failed', signed: false, error: 'env:KEY is not set' },
    ]);
    expect(receiver.received).toHaveLength(0);
  });

  it('sends nothing on a dry run, but looks the references up', async () => {
    const receiver = await startReceiver();
    const dry = await tried({ HOOK: receiver.url }, '--dry-run');
    expect(dry).toMatchObject({ code: 0, rows: [{ result: 'not sent' }] });
    expect(dry.stderr).toContain('nothing was sent');
    expect((await tried({}, '--dry-run')).code).toBe(7);
    expect(receiver.received).toHaveLength(0);
  });

  it.each([
    [`alert test ${ALERT} --team globex`, 3, 'no domain'],
    ['alert test shop.example.com error-rate', 3, 'has no alert error-rate'],
    [`alert test ${ALERT} --notify ftp://ops.example.net`, 2, 'notify: must be an http(s) URL'],
    [`alert set ${ALERT} --secret hunter2`, 2, 'secret: must be env:NAME or file:PATH'],
    [`alert set ${ALERT} --secret env:KEY --no-secret`, 2, 'say the opposite'],
  ])('%s: exit %i', async (command, code, words) => {
    const refused = await plane.run(command);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(words);
    expect(refused.stderr).not.toContain('hunter2');
  });

  it('wants a webhook', async () => {
    await plane.ok(`alert set ${ALERT} --no-webhooks`);
    const refused = await plane.run(`alert test ${ALERT}`);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('has no webhook');
  });

  it('keeps the reference to the key and never the key', async () => {
    await plane.ok(`alert set ${ALERT} --secret env:KEY`, { env: { KEY: 'hunter2' } });
    expect(await plane.json(`alert show ${ALERT} --json secret`)).toEqual({ secret: 'env:KEY' });
    expect((await plane.ok(`alert set ${ALERT} --no-secret`)).stdout).toContain('secret: env:KEY ->');
    expect(await plane.json(`alert show ${ALERT} --json secret`)).toEqual({ secret: null });
  });
});
