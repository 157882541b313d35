import { describe, expect, it, vi } from 'vitest';
import type { Delivery } from '../../src/models/incident.ts';
import { later, notifying, PATIENCE_MS, QUICK } from '../helpers/notifying.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const MINUTE = 60_000;

const on = notifying();
const { notice, notifier, deliveries } = on;

describe('what is left behind', () => {
  it('is sent by one of two who find it, once its process is taken for dead', async () => {
    const receiver = await startReceiver();
    receiver.answer('never', 200);
    // It is cut off while it waits: no word of what came of it is ever recorded.
    const dead = notifier(receiver.url, { pace: { ...QUICK, timeoutMs: 60_000 } });
    dead.tell(await notice());
    await receiver.next();
    const early = notifier(receiver.url, { at: later(MINUTE) });
    await early.redeliver();
    await early.settle();
    expect(receiver.received).toHaveLength(1);
    const finders = [1, 2, 3].map(() => notifier(receiver.url, { at: later(3 * MINUTE) }));
    await Promise.all(finders.map(async ({ redeliver }) => redeliver()));
    await Promise.all(finders.map(async ({ settle }) => settle()));
    expect(receiver.received).toHaveLength(2);
    expect(await deliveries()).toMatchObject([{ attempts: 2, error: null, due: null }]);
    await dead.settle(0);
    expect(await deliveries()).toMatchObject([{ attempts: 2, error: null, due: null }]);
  });

  it('is told although nothing of it was recorded', async () => {
    const receiver = await startReceiver();
    await notice();
    const finders = [1, 2, 3].map(() => notifier(receiver.url));
    await Promise.all(finders.map(async ({ redeliver }) => redeliver()));
    await Promise.all(finders.map(async ({ settle }) => settle()));
    expect(receiver.received).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ event: 'opened', attempts: 1, due: null }]);
  });

  it('is the end of an incident that a person resolved, if its beginning was told', async () => {
    const receiver = await startReceiver();
    const one = notifier(receiver.url);
    one.tell(await notice());
    await one.settle();
    await on.plane.ok(`incident resolve ${on.domain} downtime --note "rolled back"`);
    await one.redeliver();
    await one.redeliver();
    await one.settle();
    const told = receiver.received.map(({ body }) => JSON.parse(body) as { type: string });
    expect(told).toMatchObject([
      { type: 'incident.opened' },
      {
        type: 'incident.resolved',
        text: `${on.domain}: downtime resolved (major): rolled back`,
        data: { incident: { status: 'resolved', message: 'no answer' } },
      },
    ]);
  });

  it('is nothing of an incident that a person opened', async () => {
    const receiver = await startReceiver();
    await on.plane.ok(['incident', 'open', on.domain, 'downtime', '--message', 'by hand']);
    const one = notifier(receiver.url);
    await one.redeliver();
    await one.settle();
    expect(receiver.received).toHaveLength(0);
  });

  it('goes nowhere that the alert does not send to any more', async () => {
    const receiver = await startReceiver();
    receiver.answer({ status: 503, headers: { 'retry-after': '600' } });
    const one = notifier(receiver.url);
    one.tell(await notice());
    await one.settle();
    await on.plane.ok(`alert set ${on.domain} downtime --no-webhooks`);
    const next = notifier(receiver.url, { at: later(20 * MINUTE) });
    await next.redeliver();
    await next.settle();
    expect(receiver.received).toHaveLength(1);
    const error = 'the alert sends nothing there any more';
    expect(await deliveries()).toMatchObject([{ deliveredAt: null, error, due: null }]);
  });

  it('waits for who knows the webhook, and is not sent unsigned', async () => {
    const receiver = await startReceiver();
    const one = notifier(undefined);
    one.tell(await notice());
    await one.settle();
    expect(await deliveries()).toMatchObject([{ attempts: 0, error: 'env:HOOK is not set' }]);
    const keyless = notifier(receiver.url, { key: '' });
    await keyless.redeliver();
    await keyless.settle();
    expect(receiver.received).toHaveLength(0);
    expect(await deliveries()).toMatchObject([{ attempts: 0, error: 'env:KEY is empty' }]);
    const next = notifier(receiver.url);
    await next.redeliver();
    await next.settle();
    expect(await deliveries()).toMatchObject([{ attempts: 1, error: null, due: null }]);
  });

  it('is as due after a process that does not know the webhook as before, which says so once', async () => {
    const receiver = await startReceiver();
    receiver.answer({ status: 503, headers: { 'retry-after': '600' } }, 204);
    const one = notifier(receiver.url);
    one.tell(await notice());
    await one.settle();
    const [{ due }] = (await deliveries()) as [Delivery];
    const stranger = notifier(undefined, { at: later(20 * MINUTE) });
    for (let minute = 0; minute < 3; minute++) {
      await stranger.redeliver();
      await stranger.settle();
    }
    expect(await deliveries()).toMatchObject([{ attempts: 1, due, error: 'env:HOOK is not set' }]);
    expect(stranger.events).toMatchObject([
      { event: 'not-notified', attempts: 1, message: 'env:HOOK is not set', again: true },
    ]);
    const next = notifier(receiver.url, { at: later(20 * MINUTE) });
    await next.redeliver();
    await next.settle();
    expect(await deliveries()).toMatchObject([{ attempts: 2, error: null, due: null }]);
  });

  it('is what has to wait at the end of a process; what has not is tried once more', async () => {
    const receiver = await startReceiver();
    receiver.answer(503);
    const one = notifier(receiver.url, { pace: { ...QUICK, waitsMs: [5, 60_000] } });
    one.tell(await notice());
    await one.settle();
    expect(receiver.received).toHaveLength(2);
    expect(await deliveries()).toMatchObject([{ attempts: 2, error: 'answered 503', due: expect.any(Date) }]);
    // It sleeps already when the end comes.
    const two = notifier(receiver.url, { pace: { ...QUICK, waitsMs: [60_000] }, at: later(5 * MINUTE) });
    await two.redeliver();
    await vi.waitFor(() => expect(two.events).toHaveLength(1), PATIENCE_MS);
    await two.settle();
    receiver.answer(204);
    const next = notifier(receiver.url, { at: later(7 * MINUTE) });
    await next.redeliver();
    await next.settle();
    expect(await deliveries()).toMatchObject([{ attempts: 4, error: null, due: null }]);
  });
});
