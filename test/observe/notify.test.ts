import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { Delivery } from '../../src/models/incident.ts';
import { later, notifying, PATIENCE_MS, QUICK, SECRET } from '../helpers/notifying.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const MINUTE = 60_000;
const ENDED = 'no answer before netgoat ended';

const on = notifying();
const { notice, notifier, deliveries } = on;

describe('a webhook', () => {
  it('is told once what happened, signed, and the incident has it recorded', async () => {
    const receiver = await startReceiver();
    const one = notifier(receiver.url);
    one.tell(await notice());
    one.tell(await notice());
    await one.settle();
    expect(receiver.received).toHaveLength(1);
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]];
    const payload = new Webhook(SECRET).verify(body, headers as Record<string, string>);
    const { incident } = await notice();
    expect(payload).toEqual({
      type: 'incident.opened',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      text: `${on.domain}: downtime opened (major): no answer`,
      data: {
        incident: {
          id: String(incident._id),
          kind: 'downtime',
          severity: 'major',
          status: 'open',
          message: 'no answer',
          firstSeen: incident.firstSeen.toISOString(),
          lastSeen: incident.lastSeen.toISOString(),
          resolvedAt: null,
          count: 1,
          auto: true,
        },
        alert: { kind: 'downtime', threshold: 3, percent: false, window: 300 },
        domain: on.domain,
        team: 'acme',
      },
    });
    expect(await deliveries()).toEqual([
      {
        id: headers['webhook-id'],
        event: 'opened',
        target: 'env:HOOK',
        at: expect.any(Date),
        attempts: 1,
        deliveredAt: expect.any(Date),
        error: null,
        due: null,
      },
    ]);
    expect(one.events).toMatchObject([
      { event: 'notified', what: 'opened', target: 'env:HOOK', attempts: 1 },
    ]);
  });

  it('is told once of each severity that an incident rises to', async () => {
    const receiver = await startReceiver();
    const one = notifier(receiver.url);
    const { incident, ...rest } = await notice('escalated');
    for (const severity of ['major', 'critical', 'major', 'critical'] as const) {
      one.tell({ ...rest, incident: { ...incident, severity } });
    }
    await one.settle();
    const told = receiver.received.map(({ body }) => (JSON.parse(body) as { text: string }).text);
    expect(told).toEqual(
      ['major', 'critical'].map((severity) => `${on.domain}: downtime escalated (${severity}): no answer`),
    );
  });

  it('is told of the end after the beginning, however long that takes', async () => {
    const receiver = await startReceiver();
    receiver.answer(500, 500, 204);
    const one = notifier(receiver.url);
    one.tell(await notice('opened'));
    one.tell(await notice('resolved'));
    await one.settle();
    const types = receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(types).toEqual([...Array(3).fill('incident.opened'), 'incident.resolved']);
  });

  it.each([500, 503, 429, 408])('that answers %i is told again, under the same id', async (status) => {
    const receiver = await startReceiver();
    receiver.answer(status, status, 200);
    const one = notifier(receiver.url);
    one.tell(await notice());
    await one.settle();
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(await deliveries()).toMatchObject([{ attempts: 3, error: null, due: null }]);
    for (const { body, headers } of receiver.received) {
      new Webhook(SECRET).verify(body, headers as Record<string, string>);
    }
  });

  it.each([400, 401, 404, 410, 422, 302])('that answers %i is told no more', async (status) => {
    const receiver = await startReceiver();
    receiver.answer({ status, headers: { location: receiver.url } });
    const one = notifier(receiver.url);
    one.tell(await notice());
    await one.settle();
    const again = notifier(receiver.url, { at: later(10 * MINUTE) });
    await again.redeliver();
    await again.settle();
    expect(receiver.received).toHaveLength(1);
    const error = expect.stringContaining(`answered ${status}`) as string;
    expect(await deliveries()).toMatchObject([{ attempts: 1, deliveredAt: null, error, due: null }]);
    expect(one.events).toMatchObject([{ event: 'not-notified', again: false }]);
  });

  it.each([
    ['1800', 30 * MINUTE],
    [new Date(Date.now() + 40 * MINUTE).toUTCString(), 35 * MINUTE],
    ['99999999', 60 * MINUTE],
  ])('that asks for patience, Retry-After: %s, is left alone meanwhile', async (header, ms) => {
    const receiver = await startReceiver();
    receiver.answer({ status: 429, headers: { 'retry-after': header } }, 200);
    const start = Date.now();
    const one = notifier(receiver.url);
    one.tell(await notice());
    await one.settle();
    const [{ due }] = (await deliveries()) as [Delivery];
    expect(due!.getTime()).toBeGreaterThanOrEqual(start + ms - 1_000);
    expect(due!.getTime()).toBeLessThan(Date.now() + 61 * MINUTE);
    const soon = notifier(receiver.url, { at: later(ms - MINUTE) });
    await soon.redeliver();
    await soon.settle();
    expect(receiver.received).toHaveLength(1);
    const then = notifier(receiver.url, { at: later(61 * MINUTE) });
    await then.redeliver();
    await then.settle();
    expect(await deliveries()).toMatchObject([{ attempts: 2, error: null, due: null }]);
  });

  it('that nobody serves is tried some times, then left for later, for a day', async () => {
    const gone = await startReceiver();
    await gone.stop();
    const one = notifier(gone.url);
    one.tell(await notice());
    await one.settle();
    const error = 'connection refused';
    expect(await deliveries()).toMatchObject([{ attempts: 4, deliveredAt: null, error }]);
    const next = notifier(gone.url, { at: later(25 * 60 * MINUTE) });
    await next.redeliver();
    await next.settle();
    expect(await deliveries()).toMatchObject([
      { attempts: 4, deliveredAt: null, error: `given up after a day: ${error}`, due: null },
    ]);
  });

  it('that never answers holds nobody up for longer than it may', async () => {
    const receiver = await startReceiver();
    receiver.answer('never');
    const one = notifier(receiver.url, { pace: { ...QUICK, timeoutMs: 50, waitsMs: [600_000] } });
    one.tell(await notice());
    await one.settle();
    expect(await deliveries()).toMatchObject([{ attempts: 1, error: 'no answer within 0.05 s' }]);
  });

  it('that never answers is left to others when there is no more time', async () => {
    const receiver = await startReceiver();
    receiver.answer('never', 200);
    const one = notifier(receiver.url, { pace: { ...QUICK, timeoutMs: 60_000 } });
    one.tell(await notice());
    await receiver.next();
    await one.settle(0);
    expect(await deliveries()).toMatchObject([{ attempts: 1, deliveredAt: null, error: ENDED }]);
    await one.redeliver();
    await one.settle();
    expect(await deliveries()).toMatchObject([{ attempts: 2, error: null, due: null }]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('whose answer never ends counts as told', async () => {
    const receiver = await startReceiver();
    receiver.answer('endless');
    const one = notifier(receiver.url);
    one.tell(await notice());
    await one.settle();
    expect(await deliveries()).toMatchObject([{ attempts: 1, error: null, due: null }]);
  });

  it('is one of twenty that wait side by side, without a word from Node', async () => {
    const gone = await startReceiver();
    await gone.stop();
    const files = Array.from({ length: 20 }, (_, at) => join(on.plane.folder, `hook${at}`));
    await Promise.all(files.map((file) => writeFile(file, gone.url)));
    const targets = files.map((file) => `--notify file:${file}`);
    await on.plane.ok(`alert set ${on.domain} downtime ${targets.join(' ')}`);
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => void warnings.push(message);
    process.on('warning', onWarning);
    const one = notifier(undefined, { pace: { ...QUICK, waitsMs: [60_000] } });
    one.tell(await notice());
    await vi.waitFor(() => expect(one.events).toHaveLength(20), PATIENCE_MS);
    await one.settle(0);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    expect((await deliveries()).filter(({ error }) => error === 'connection refused')).toHaveLength(20);
  });

  it('that hangs does not keep others waiting', async () => {
    await on.plane.ok(`alert set ${on.domain} downtime --notify env:HOOK --notify file:other`);
    const [hanging, other] = [await startReceiver(), await startReceiver()];
    hanging.answer('never');
    await writeFile(join(on.plane.folder, 'other'), other.url);
    const one = notifier(hanging.url, { pace: { ...QUICK, timeoutMs: 60_000 } });
    one.tell(await notice());
    expect(await other.next()).toHaveLength(1);
    await one.settle(0);
  });
});
