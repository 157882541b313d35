import { beforeEach, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import { takeReport } from '../../src/observe/reports.ts';
import type { AnalyticsData } from '../../src/models/analytics-data.ts';
import type { Store } from '../../src/database/store.ts';
import type { Incident } from '../../src/models/incident.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { edgeToken, rawSocket, startServe } from '../helpers/serving.ts';
import type { RawSocket } from '../helpers/serving.ts';

const SHOP = 'shop.example.com';
/** A minute that is over. */
const START = Math.floor(Date.now() / 60_000) * 60_000 - 30 * 60_000;

let plane: ControlPlane;
let url: string;
let token: string;

beforeEach(async () => {
  plane = await controlPlane('team add Acme', `domain add ${SHOP} --team acme`);
  url = (await startServe(plane)).url;
  token = await edgeToken(plane, 'acme');
});

async function onStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(parseTarget(plane.database, {}));
  return work(store).finally(() => store.close());
}

/** A node that is connected and reports. */
class Node {
  readonly #socket: RawSocket;
  #reports = 0;
  readonly name: string;

  constructor(name: string, socket: RawSocket) {
    [this.name, this.#socket] = [name, socket];
  }

  static async connect(name: string, by = token): Promise<Node> {
    const socket = await rawSocket(url, by);
    socket.say('hello', { node: name, version: null, checksum: null });
    return new Node(name, socket);
  }

  /** Reports of the shop, for a window given in minutes from the start; resolves once the report is taken. */
  async reports(
    [from, to]: [number, number],
    counts: { requests?: number; status?: Record<string, number>; badGatewayStreak?: number } = {},
    reportId = `${this.name}-${(this.#reports += 1)}`,
  ): Promise<void> {
    const window = { from: at(from), to: at(to) };
    this.#socket.say('report', {
      reportId,
      window,
      domains: [{ hostname: SHOP, requests: 100, bytesOut: 1_000, ...counts }],
    });
    const { data } = await this.#socket.next('ok');
    if (data['reportId'] !== reportId) throw new Error(`took ${JSON.stringify(data)}`);
  }
}

const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const incidents = () => plane.json<Incident[]>('incident list --status all -o json');
const buckets = () =>
  onStore((store) => store.models.AnalyticsData.find().sort({ bucket: 1 }).lean<AnalyticsData[]>());

describe('a report', () => {
  it('is counted into the minutes of its window, once however often it is sent', async () => {
    const node = await Node.connect('edge-1');
    const status = { '200': 90, '404': 4, '502': 4, '503': 2 };
    await node.reports([0.5, 2.5], { status }, 'r');
    await node.reports([0.5, 2.5], { status }, 'r');
    const found = await buckets();
    expect(
      found.map(({ bucket, granularity, requests }) => [+bucket - START, granularity, requests]),
    ).toEqual([
      [0, 'minute', 25],
      [60_000, 'minute', 50],
      [120_000, 'minute', 25],
    ]);
    const sum = (of: (each: AnalyticsData) => number) => found.reduce((total, each) => total + of(each), 0);
    expect(sum(({ status: by }) => by['2xx'])).toBe(90);
    expect(sum(({ status: by }) => by['4xx'])).toBe(4);
    expect(sum(({ status: by }) => by['5xx'])).toBe(6);
    expect(sum(({ badGateway }) => badGateway)).toBe(4);
    expect(sum(({ bytesOut }) => bytesOut)).toBe(1_000);
  });

  it('of a long window is counted by the hour', async () => {
    const node = await Node.connect('edge-1');
    await node.reports([-90, 0]);
    const found = await buckets();
    expect(new Set(found.map(({ granularity }) => granularity))).toEqual(new Set(['hour']));
    expect(found.reduce((sum, { requests }) => sum + requests, 0)).toBe(100);
  });

  it('that was interrupted before its receipt counts once when it comes again', async () => {
    const report = {
      reportId: 'r',
      window: { from: at(0), to: at(1) },
      domains: [
        {
          hostname: SHOP,
          requests: 7,
          bytesIn: 0,
          bytesOut: 0,
          status: { '502': 7 },
          cacheHits: 0,
          wafBlocked: 0,
          badGatewayStreak: 7,
        },
      ],
    };
    await plane.ok(`alert add ${SHOP} bad-gateway-streak --threshold 5 --window 1m`);
    const told: string[] = [];
    await onStore(async (store) => {
      const notifier = {
        tell: ({ event }: { event: string }) => void told.push(event),
        settle: async () => undefined,
      };
      const desk = { store, notifier, now: () => new Date() };
      const from = { node: null, name: null, teams: null };
      expect(await takeReport(desk, from, report)).toEqual({ again: false, ignored: [] });
      await store.models.EdgeReport.deleteMany({});
      expect(await takeReport(desk, from, report)).toEqual({ again: false, ignored: [] });
      expect(await takeReport(desk, from, report)).toEqual({ again: true, ignored: [] });
    });
    expect((await buckets()).map(({ requests }) => requests)).toEqual([7]);
    expect(await incidents()).toMatchObject([{ count: 1 }]);
    expect(told).toEqual(['opened']);
  });
});

describe('a streak of 502s', () => {
  beforeEach(async () => {
    await plane.ok(`alert add ${SHOP} bad-gateway-streak --threshold 5 --window 2m`);
  });

  it('opens an incident, adds to it, and is over when all was well for the window', async () => {
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { badGatewayStreak: 4 });
    expect(await incidents()).toEqual([]);
    await node.reports([1, 2], { badGatewayStreak: 7 });
    await node.reports([2, 3], { badGatewayStreak: 9 });
    expect(await incidents()).toMatchObject([
      {
        domain: SHOP,
        kind: 'bad-gateway-streak',
        status: 'open',
        severity: 'major',
        message: '7 answers of 502 in a row at edge-1',
        count: 2,
        firstSeen: at(2),
        lastSeen: at(3),
      },
    ]);
    await node.reports([3, 4]);
    expect(await incidents()).toMatchObject([{ status: 'open' }]);
    await node.reports([4, 5]);
    expect(await incidents()).toMatchObject([{ status: 'resolved' }]);
    const { timeline } = await plane.json<Incident>(`incident show ${(await ids())[0]} -o json`);
    expect(timeline).toMatchObject([
      { event: 'opened', actor: 'alert bad-gateway-streak' },
      { event: 'resolved', actor: 'alert bad-gateway-streak', text: '0 answers of 502 in a row at edge-1' },
    ]);
  });

  it('that comes and goes is one incident', async () => {
    const node = await Node.connect('edge-1');
    for (let minute = 0; minute < 10; minute += 2) {
      await node.reports([minute, minute + 1], { badGatewayStreak: 5 });
      await node.reports([minute + 1, minute + 2]);
    }
    expect(await incidents()).toMatchObject([{ status: 'open', count: 5 }]);
  });

  it('becomes critical when it is ten times as long', async () => {
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { badGatewayStreak: 5 });
    await node.reports([1, 2], { badGatewayStreak: 50 });
    await node.reports([2, 3], { badGatewayStreak: 6 });
    const [incident] = await incidents();
    expect(incident).toMatchObject({ severity: 'critical', count: 3 });
    expect(incident!.timeline.map(({ event }) => event)).toEqual(['opened', 'escalated']);
  });

  it('is counted at each node: no two make one, and each has to get over its own', async () => {
    const [a, b] = [await Node.connect('edge-a'), await Node.connect('edge-b')];
    await a.reports([0, 1], { badGatewayStreak: 3 });
    await b.reports([0, 1], { badGatewayStreak: 3 });
    expect(await incidents()).toEqual([]);
    await a.reports([1, 2], { badGatewayStreak: 6 });
    await b.reports([1, 2], { badGatewayStreak: 6 });
    expect(await incidents()).toMatchObject([{ count: 2 }]);
    await b.reports([2, 6]);
    expect(await incidents()).toMatchObject([{ status: 'open' }]);
    await a.reports([2, 6]);
    expect(await incidents()).toMatchObject([{ status: 'resolved' }]);
  });

  it('is not over because nobody says anything, nor because nobody asks for anything', async () => {
    const [a, b] = [await Node.connect('edge-a'), await Node.connect('edge-b')];
    await a.reports([0, 1], { badGatewayStreak: 6 });
    await b.reports([0, 5]);
    await b.reports([5, 10]);
    await a.reports([1, 5], { requests: 0 });
    await a.reports([5, 10], { requests: 0 });
    expect(await incidents()).toMatchObject([{ status: 'open' }]);
    // Who is gone for good has nothing to get over.
    await plane.ok('sync node remove edge-a --yes');
    await b.reports([10, 11]);
    expect(await incidents()).toMatchObject([{ status: 'resolved' }]);
  });

  it('that is told of late, after what came later, changes nothing', async () => {
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { badGatewayStreak: 6 });
    await node.reports([1, 4]);
    expect(await incidents()).toMatchObject([{ status: 'resolved' }]);
    await node.reports([2, 3], { badGatewayStreak: 99 });
    expect(await incidents()).toMatchObject([{ status: 'resolved', count: 1 }]);
  });

  it('adds to an incident that somebody opened, and leaves it to somebody to resolve', async () => {
    await plane.ok(`incident open ${SHOP} bad-gateway-streak --message "seen by hand"`);
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { badGatewayStreak: 6 });
    await node.reports([1, 5]);
    expect(await incidents()).toMatchObject([{ status: 'open', message: 'seen by hand', count: 2 }]);
  });

  it('is resolved when somebody has acknowledged it, too', async () => {
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { badGatewayStreak: 6 });
    await plane.ok(`incident ack ${SHOP} bad-gateway-streak`);
    await node.reports([1, 5]);
    expect(await incidents()).toMatchObject([{ status: 'resolved' }]);
  });

  it('is nothing to an alert that does not watch', async () => {
    await plane.ok(`alert set ${SHOP} bad-gateway-streak --disable`);
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { badGatewayStreak: 6 });
    expect(await incidents()).toEqual([]);
  });

  it('is in the history as any other change, of the team that it is about', async () => {
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { badGatewayStreak: 6 });
    const [newest] = await plane.json<object[]>('history list --team acme -o json');
    expect(newest).toMatchObject({ actor: 'alert bad-gateway-streak' });
  });

  it('of another team is none of a node', async () => {
    await plane.ok('team add Globex');
    const node = await rawSocket(url, await edgeToken(plane, 'globex'));
    node.say('hello', { node: 'edge-x', version: null, checksum: null });
    const domains = [{ hostname: SHOP, requests: 50, badGatewayStreak: 50 }];
    node.say('report', { reportId: 'x', window: { from: at(0), to: at(1) }, domains });
    expect((await node.next('ok')).data).toMatchObject({ ignored: [SHOP] });
    expect(await incidents()).toEqual([]);
    expect(await buckets()).toEqual([]);
  });
});

describe('a share of the answers', () => {
  it('is judged over all nodes and the whole window', async () => {
    await plane.ok(`alert add ${SHOP} error-rate --threshold 10 --window 3m`);
    const [a, b] = [await Node.connect('edge-a'), await Node.connect('edge-b')];
    await a.reports([0, 1], { status: { '200': 85, '500': 15 } });
    expect(await incidents()).toMatchObject([
      { kind: 'error-rate', message: '15.0 % of 100 answers are 5xx', severity: 'major' },
    ]);
    for (let minute = 1; minute < 9; minute += 1)
      await b.reports([minute, minute + 1], { status: { '200': 100 } });
    expect(await incidents()).toMatchObject([{ status: 'resolved' }]);
  });

  it('of 502s is one, where the threshold is in per cent', async () => {
    await plane.ok(`alert add ${SHOP} bad-gateway-streak --threshold 20% --window 3m`);
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { status: { '200': 50, '503': 50 }, badGatewayStreak: 99 });
    expect(await incidents()).toEqual([]);
    await node.reports([1, 2], { status: { '200': 20, '502': 80 } });
    expect(await incidents()).toMatchObject([{ message: '40.0 % of 200 answers are 502' }]);
  });

  it('of a few answers says nothing', async () => {
    await plane.ok(`alert add ${SHOP} error-rate --threshold 10 --window 3m`);
    const node = await Node.connect('edge-1');
    await node.reports([0, 1], { requests: 2, status: { '200': 1, '500': 1 } });
    expect(await incidents()).toEqual([]);
  });
});

const ids = async () => (await incidents()).map((each) => (each as unknown as { id: string }).id);
