import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { confirmNode, meetNode, refuseNode, seeNode } from '../../src/edge/node-records.ts';
import { newId } from '../../src/models/base.ts';
import type { EdgeNode } from '../../src/models/edge-node.ts';
import { controlPlane } from '../helpers/control-plane.ts';

const [acme, globex] = [newId(), newId()];
const now = new Date('2026-03-01T12:00:00Z');
const later = new Date('2026-03-01T12:05:00Z');
const confirmed = { version: 7, checksum: 'a'.repeat(64), now };

let store: Store;

beforeAll(async () => {
  store = await openStore(parseTarget((await controlPlane()).database, {}));
});
afterAll(() => store.close());
beforeEach(async () => {
  await store.prepare();
  await store.models.EdgeNode.deleteMany({});
});

const meet = (teams: EdgeNode['teams'], more: { name?: string; url?: string | null; now?: Date } = {}) =>
  meetNode(store, { name: 'edge-1', teams, url: null, now, ...more });
const records = () => store.models.EdgeNode.find().lean<EdgeNode[]>();

describe('a node that is met', () => {
  it('is one record, however often it comes, and keeps its url', async () => {
    const first = await meet([acme], { url: 'ws://127.0.0.1:1' });
    expect(first).toMatchObject({ version: null, checksum: null, ackedAt: null, lastSeen: now });
    await confirmNode(store, first._id, confirmed);
    const again = await meet([acme], { now: later });
    expect(again).toMatchObject({ _id: first._id, url: 'ws://127.0.0.1:1', version: 7, lastSeen: later });
    expect(await records()).toHaveLength(1);
  });

  it.each([[[]], [[acme]], [[acme, globex]]])(
    'is one record, if it comes several times at once (teams: %j)',
    async (teams) => {
      const met = await Promise.all(Array.from({ length: 8 }, () => meet(teams)));
      expect(new Set(met.map(({ _id }) => String(_id))).size).toBe(1);
      expect(await records()).toHaveLength(1);
    },
  );

  it('never meets the node of that name of another tenant, nor that of all teams', async () => {
    const met = [await meet([acme]), await meet([globex]), await meet([])];
    await confirmNode(store, met[0]!._id, confirmed);
    expect((await records()).map(({ teams, version }) => [teams.map(String), version])).toEqual([
      [[String(acme)], 7],
      [[String(globex)], null],
      [[], null],
    ]);
    expect(await meet([globex])).toMatchObject({ _id: met[1]!._id, version: null });
    expect(await meet([])).toMatchObject({ _id: met[2]!._id, version: null });
  });

  it('of more teams than before is itself, but what it confirmed is forgotten', async () => {
    const { _id } = await meet([acme]);
    await confirmNode(store, _id, confirmed);
    await refuseNode(store, _id, { version: 8, reason: 'no', now });
    const grown = await meet([acme, globex]);
    expect(grown).toMatchObject({ _id, teams: [acme, globex], version: null, checksum: null, ackedAt: null });
    expect(grown.lastRefusal).toBeNull();
    expect(await records()).toHaveLength(1);
  });

  it('cannot take the name of one that is sent more than it', async () => {
    const { _id } = await meet([acme, globex]);
    await confirmNode(store, _id, confirmed);
    await expect(meet([acme])).rejects.toMatchObject({ code: 'conflict' });
    expect(await records()).toMatchObject([{ teams: [acme, globex], version: 7 }]);
  });

  it('cannot be two others', async () => {
    await meet([acme]);
    await meet([globex]);
    await expect(meet([acme, globex])).rejects.toThrow('several nodes');
  });
});

describe('what a node answered', () => {
  it('is kept, and a refusal goes with the next ACK', async () => {
    const { _id } = await meet([]);
    await confirmNode(store, _id, confirmed);
    await refuseNode(store, _id, { version: 8, reason: 'x'.repeat(10_000), now: later });
    const [refused] = await records();
    expect(refused).toMatchObject({ version: 7, checksum: confirmed.checksum, lastSeen: later });
    expect(refused!.lastRefusal).toEqual({ at: later, version: 8, reason: 'x'.repeat(500) });
    await confirmNode(store, _id, { ...confirmed, version: 9, now: later });
    expect(await records()).toMatchObject([{ version: 9, ackedAt: later, lastRefusal: null }]);
  });

  it('can be that it is there, and nothing else', async () => {
    const { _id } = await meet([]);
    await confirmNode(store, _id, confirmed);
    await seeNode(store, _id, later);
    expect(await records()).toMatchObject([{ version: 7, ackedAt: now, lastSeen: later }]);
  });

  it('of a node that was retired meanwhile makes no record', async () => {
    await confirmNode(store, newId(), confirmed);
    expect(await records()).toEqual([]);
  });
});
