import { beforeEach, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import type { Alert } from '../../src/models/alert.ts';
import { newId } from '../../src/models/base.ts';
import type { Domain } from '../../src/models/domain.ts';
import type { Incident } from '../../src/models/incident.ts';
import type { Reading, Watched } from '../../src/observe/alert-states.ts';
import { judge } from '../../src/observe/judge.ts';
import type { Desk } from '../../src/observe/judge.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

const SHOP = 'shop.example.com';
const START = Date.UTC(2026, 5, 1);

let plane: ControlPlane;

beforeEach(async () => {
  plane = await controlPlane('team add Acme', `domain add ${SHOP} --team acme`);
});

/** Desks of so many processes, each with a connection of its own, and what their webhooks were told. */
async function atDesks<T>(
  count: number,
  work: (desks: Desk[], watched: Watched, told: string[]) => Promise<T>,
): Promise<T> {
  const stores: Store[] = [];
  for (let n = 0; n < count; n += 1) stores.push(await openStore(parseTarget(plane.database, {})));
  const told: string[] = [];
  const notifier = {
    tell: ({ event }: { event: string }) => void told.push(event),
    settle: async () => undefined,
  };
  try {
    const { models } = stores[0]!;
    const watched = {
      alert: (await models.Alert.findOne().lean<Alert>())!,
      domain: (await models.Domain.findOne().lean<Domain>())!,
    };
    const desks = stores.map((store) => ({ store, notifier, now: () => new Date() }));
    return await work(desks, watched, told);
  } finally {
    for (const store of stores) await store.close();
  }
}

const reading = (minute: number, bad: boolean, more: Partial<Reading> = {}): Reading => {
  const at = new Date(START + minute * 60_000);
  return { node: null, from: at, at, bad, text: `minute ${minute}`, severity: 'major', ...more };
};
const incidents = () => plane.json<Incident[]>('incident list --status all -o json');

describe('several processes that judge at once', () => {
  it('open one incident, count what each has seen, and resolve it once', async () => {
    await plane.ok(`alert add ${SHOP} bad-gateway-streak --threshold 5 --window 1m`);
    await atDesks(4, async (desks, watched, told) => {
      const nodes = desks.map(() => newId());
      const all = (minute: number, bad: boolean) =>
        Promise.all(desks.map((desk, n) => judge(desk, watched, reading(minute, bad, { node: nodes[n]! }))));
      const judged = await all(0, true);
      expect(judged.map(({ event }) => event).toSorted()).toEqual(['added', 'added', 'added', 'opened']);
      await all(1, false);
      expect(await incidents()).toMatchObject([{ status: 'open', count: 4 }]);
      await all(3, false);
      expect(await incidents()).toMatchObject([{ status: 'resolved', count: 4 }]);
      expect(told).toEqual(['opened', 'resolved']);
    });
  });

  it('take the same reading once', async () => {
    await plane.ok(`alert add ${SHOP} downtime --threshold 3 --window 1m`);
    await atDesks(4, async (desks, watched) => {
      const all = (minute: number) =>
        Promise.all(desks.map((desk) => judge(desk, watched, reading(minute, true))));
      await all(0);
      await all(1);
      expect(await incidents()).toEqual([]);
      await all(2);
      expect(await incidents()).toMatchObject([{ count: 1 }]);
    });
  });
});

describe('a threshold of downtime', () => {
  it('is of failures in a row: one that went well begins anew', async () => {
    await plane.ok(`alert add ${SHOP} downtime --threshold 3 --window 1m`);
    await atDesks(1, async ([desk], watched) => {
      const states = [];
      for (const [minute, bad] of [true, true, false, true, true, true].entries()) {
        states.push((await judge(desk!, watched, reading(minute, bad))).state);
      }
      expect(states).toEqual(['pending', 'pending', 'ok', 'pending', 'pending', 'failing']);
    });
  });

  it('leaves an incident open while it goes well for less than the window', async () => {
    await plane.ok(`alert add ${SHOP} downtime --threshold 1 --window 5m`);
    await atDesks(1, async ([desk], watched) => {
      const events = [];
      for (const [minute, bad] of [true, false, true, false, false].entries()) {
        events.push((await judge(desk!, watched, reading(minute, bad))).event);
      }
      expect(events).toEqual(['opened', null, 'added', null, null]);
      expect((await judge(desk!, watched, reading(7, false))).state).toBe('failing');
      expect((await judge(desk!, watched, reading(8, false))).event).toBe('resolved');
    });
  });
});

it('an incident that somebody resolves is opened again when it goes on', async () => {
  await plane.ok(`alert add ${SHOP} downtime --threshold 1`);
  await atDesks(1, async ([desk], watched, told) => {
    await judge(desk!, watched, reading(0, true));
    await plane.ok(`incident resolve ${SHOP} downtime`);
    await judge(desk!, watched, reading(1, true));
    expect(await incidents()).toMatchObject([{ status: 'open' }, { status: 'resolved' }]);
    expect(told).toEqual(['opened', 'opened']);
  });
});
