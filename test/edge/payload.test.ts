import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyPlan } from '../../src/changes/apply.ts';
import { historyOf, record } from '../../src/changes/history.ts';
import { setDomain } from '../../src/changes/domains.ts';
import { setTeam } from '../../src/changes/teams.ts';
import type { Plan } from '../../src/changes/plan.ts';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { newChecksum } from '../../src/edge/checksum.ts';
import { readPayload } from '../../src/edge/payload.ts';
import type { EdgeDomain } from '../../src/edge/schema.ts';
import type { EdgeScope } from '../../src/edge/scope.ts';
import { newId } from '../../src/models/base.ts';
import type { Id } from '../../src/models/base.ts';
import { findDomain } from '../../src/queries/domains.ts';
import { findTeam } from '../../src/queries/teams.ts';
import { readVersion } from '../../src/queries/version.ts';
import { operator as access } from '../helpers/access.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

const by = { actor: 'tester', command: 'test', message: '' };
const everything: EdgeScope = { teams: null, domain: null };

let plane: ControlPlane;
let store: Store;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('team add Other');
  await plane.ok('domain add a.example --team acme');
  await plane.ok('domain add b.example --team other');
  await plane.ok('domain add off.example --team acme --disabled');
  await plane.ok('dns add a.example www A 192.0.2.1');
  await plane.ok('dns add a.example @ TXT "v=spf1 -all"');
  await plane.ok('dns add a.example off A 192.0.2.2 --disabled');
  store = await openStore(parseTarget(plane.database, {}));
});

afterAll(() => store.close());

async function domainsOf(scope: EdgeScope, from = store): Promise<EdgeDomain[]> {
  const payload = await readPayload(from, scope);
  const domains: EdgeDomain[] = [];
  for await (const line of payload.lines()) domains.push(JSON.parse(line) as EdgeDomain);
  const checksum = newChecksum();
  domains.forEach((domain) => checksum.add(domain));
  expect(payload).toMatchObject({ count: domains.length, checksum: checksum.digest() });
  await payload.close();
  return domains;
}

async function scopeOf(hostname: string): Promise<EdgeScope> {
  const { _id: id, teamId } = await findDomain(store, access, hostname);
  return { teams: null, domain: { id, teamId } };
}

async function teamScope(slug: string): Promise<EdgeScope> {
  return { teams: [(await findTeam(store, access, slug))._id], domain: null };
}

const hostnames = (domains: readonly EdgeDomain[]) => domains.map(({ hostname }) => hostname);

describe('readPayload', () => {
  it('has the enabled domains and records alone, sorted', async () => {
    const [a, b, ...rest] = await domainsOf(everything);
    expect(rest).toEqual([]);
    expect(a).toMatchObject({ hostname: 'a.example', team: 'acme', proxy: null });
    expect(a!.dns).toEqual([
      { name: '@', type: 'TXT', ttl: 300, proxied: false, value: '"v=spf1 -all"' },
      { name: 'www', type: 'A', ttl: 300, proxied: false, value: '192.0.2.1' },
    ]);
    expect(b).toMatchObject({ hostname: 'b.example', team: 'other', dns: [] });
  });

  it('stays within its scope', async () => {
    expect(hostnames(await domainsOf(await teamScope('other')))).toEqual(['b.example']);
    expect(hostnames(await domainsOf(await scopeOf('a.example')))).toEqual(['a.example']);
    expect(await domainsOf(await scopeOf('off.example'))).toEqual([]);
    expect(await domainsOf({ ...(await scopeOf('a.example')), teams: [] })).toEqual([]);
  });

  it('has the ProxyConfig while it is active', async () => {
    const { _id: domainId, teamId } = await findDomain(store, access, 'a.example');
    const stored = new store.models.ProxyConfig({ _id: newId(), teamId, domainId, revision: 1 });
    const collection = store.models.ProxyConfig.collection;
    await collection.insertOne(stored.toObject() as never);
    expect((await domainsOf(await scopeOf('a.example')))[0]!.proxy).toEqual({
      upstreams: [],
      waf: [],
      rateLimits: [],
      edgeFunctions: [],
      headers: [],
      cache: { level: 'standard', ttl: 300 },
    });
    await collection.updateOne({ domainId }, { $set: { active: false } });
    expect((await domainsOf(await scopeOf('a.example')))[0]!.proxy).toBeNull();
    await collection.deleteOne({ domainId });
  });

  it('names the domain whose stored documents are damaged, and shows the others', async () => {
    const { _id: domainId } = await findDomain(store, access, 'a.example');
    const records = store.models.DNSRecord.collection;
    await records.updateOne({ domainId, name: 'www' }, { $set: { type: 'NONSENSE' } });
    await expect(domainsOf(everything)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/a\.example is damaged: its record www NONSENSE/),
    });
    expect(hostnames(await domainsOf(await scopeOf('b.example')))).toEqual(['b.example']);
    await records.updateOne({ domainId, name: 'www' }, { $set: { type: 'A' } });
  });
});

describe('a store with more than a batch of domains and records', () => {
  const owners: Id[] = [];

  beforeAll(async () => {
    const { _id: teamId } = await findTeam(store, access, 'other');
    const domains = Array.from({ length: 450 }, (_, n) => ({
      ...new store.models.Domain({
        _id: newId(),
        teamId,
        hostname: `h${n}.many.example`,
        reversedName: `example.many.h${n}.`,
        ownership: { token: 't' },
        revision: 1,
      }).toObject(),
    }));
    // Ids in another order than hostnames, as they are in a store that has lived.
    await store.models.Domain.collection.insertMany(domains.toReversed() as never);
    owners.push(...domains.map(({ _id }) => _id));
    await addRecords(teamId, (n) => (n < 3 ? 9_000 : n % 3));
  }, 120_000);

  async function addRecords(teamId: Id, count: (n: number) => number): Promise<void> {
    const template = new store.models.DNSRecord({ teamId, name: 'x', type: 'A', ttl: 60, revision: 1 });
    const { _id: _, ...fields } = template.toObject();
    const records = owners.flatMap((domainId, n) =>
      Array.from({ length: count(n) }, (_unused, at) => ({
        ...fields,
        _id: newId(),
        domainId,
        name: `r${at}`,
        value: { address: `192.0.${n % 256}.${at % 256}` },
        valueHash: `${at}`,
      })),
    );
    await store.models.DNSRecord.collection.insertMany(records as never, { ordered: false });
  }

  it('gives every domain its own records, the large zones too', async () => {
    const domains = await domainsOf(await teamScope('other'));
    const many = domains.filter(({ hostname }) => hostname.endsWith('.many.example'));
    expect(many).toHaveLength(450);
    expect(hostnames(domains)).toEqual(hostnames(domains).toSorted());
    for (const { hostname, dns } of many) {
      const n = Number(/^h(\d+)/.exec(hostname)![1]);
      expect(dns, hostname).toHaveLength(n < 3 ? 9_000 : n % 3);
      expect(dns.every(({ value }) => value.startsWith(`192.0.${n % 256}.`))).toBe(true);
    }
  }, 120_000);
});

describe('while a set of Changes is being applied in steps', () => {
  async function startSet(plan: Plan): Promise<Id> {
    const set = newId();
    const { value } = await readVersion(store);
    await record(store, historyOf(set, value + 1, plan, by, 'applying'), undefined);
    await lock({ set, holder: 'elsewhere:1:x', until: new Date(Date.now() + 60_000) });
    return set;
  }

  async function lock(writer: object | null): Promise<void> {
    await store.connection.collection('meta').updateOne({ _id: 'version' as never }, { $set: { writer } });
  }

  it('waits two seconds, then names the set; what the set does not touch is shown', async () => {
    const set = await startSet(await setDomain(store, access, 'a.example', { waf: 'on' }));
    const begun = Date.now();
    await expect(readPayload(store, await scopeOf('a.example'))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^version \d+ is still being written to a\.example$/),
      details: { set: String(set) },
    });
    expect(Date.now() - begun).toBeGreaterThanOrEqual(2_000);
    await expect(readPayload(store, await teamScope('acme'))).rejects.toMatchObject({ code: 'conflict' });
    const result = await plane.run('sync show --domain a.example');
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect(hostnames(await domainsOf(await scopeOf('b.example')))).toEqual(['b.example']);
    expect(hostnames(await domainsOf(await teamScope('other')))).toContain('b.example');
    await lock(null);
  });

  it('goes on as soon as the set is done', async () => {
    await startSet(await setDomain(store, access, 'a.example', { waf: 'on' }));
    const reading = domainsOf(await scopeOf('a.example'));
    setTimeout(() => void lock(null), 300);
    expect(hostnames(await reading)).toEqual(['a.example']);
  });

  it('is blocked by a new slug of the team for all of its domains', async () => {
    await startSet(await setTeam(store, access, 'acme', { slug: 'acme-2' }));
    await expect(readPayload(store, await scopeOf('a.example'))).rejects.toMatchObject({ code: 'conflict' });
    expect(hostnames(await domainsOf(await scopeOf('b.example')))).toEqual(['b.example']);
    await lock(null);
  });

  it('is blocked for both teams by a domain that moves', async () => {
    const { moveDomain } = await import('../../src/changes/domains.ts');
    await startSet(await moveDomain(store, access, 'a.example', 'other'));
    for (const slug of ['acme', 'other']) {
      await expect(readPayload(store, await teamScope(slug))).rejects.toMatchObject({ code: 'conflict' });
    }
    await lock(null);
  });
});

describe('without transactions', () => {
  /** The store, where something happens at given looks at its version; there are two before and two after a read. */
  function disturbed(at: (look: number) => Promise<void>): Store {
    let look = 0;
    const connection = Object.create(store.connection, {
      collection: {
        value: (name: string) => ({
          findOne: async (filter: never, options: never) => {
            look += 1;
            await at(look);
            return store.connection.collection(name).findOne(filter, options);
          },
        }),
      },
    }) as Store['connection'];
    return { ...store, connection, transactions: false };
  }

  async function turnWaf(waf: 'on' | 'off'): Promise<void> {
    await applyPlan(store, access, await setDomain(store, access, 'a.example', { waf }), by);
  }

  it('reads again what was written meanwhile', async () => {
    await turnWaf('off');
    const scope = await scopeOf('a.example');
    const version = await readVersion(store);
    const payload = await readPayload(
      disturbed(async (look) => {
        if (look === 3) await turnWaf('on');
      }),
      scope,
    );
    expect(payload.version).toBe(version.value + 1);
    for await (const line of payload.lines()) expect(JSON.parse(line)).toMatchObject({ waf: 'on' });
  });

  it('sees that a set was taken back meanwhile, although the version is the same', async () => {
    const scope = await scopeOf('a.example');
    const plan = await setDomain(store, access, 'a.example', { waf: 'off' });
    const { value } = await readVersion(store);
    let looks = 0;
    const from = disturbed(async (look) => {
      looks = look;
      if (look === 3) await record(store, historyOf(newId(), value + 1, plan, by, 'failed'), undefined);
    });
    await readPayload(from, scope);
    expect(looks).toBe(8);
  });

  it('gives up when the store never comes to rest', async () => {
    let waf: 'on' | 'off' = 'off';
    const from = disturbed(async (look) => {
      if (look % 4 !== 3) return;
      await turnWaf(waf);
      waf = waf === 'on' ? 'off' : 'on';
    });
    await expect(readPayload(from, await scopeOf('a.example'))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('changed each time'),
    });
  });
});
