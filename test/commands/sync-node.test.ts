import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { confirmNode, meetNode } from '../../src/edge/node-records.ts';
import type { Id } from '../../src/models/base.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { atTerminal } from '../helpers/terminal.ts';

const now = new Date('2026-03-01T12:00:00Z');

let plane: ControlPlane;
let store: Store;
const teams = new Map<string, Id>();

async function meet(name: string, slugs: string[], url: string | null = null) {
  return meetNode(store, { name, teams: slugs.map((slug) => teams.get(slug)!).toSorted(), url, now });
}

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('team add Globex');
  store = await openStore(parseTarget(plane.database, {}));
  for (const { slug, _id } of await store.models.Team.find().lean()) teams.set(slug, _id);
  const [one] = [await meet('edge-1', ['acme'], 'wss://edge-1.example'), await meet('edge-1', ['globex'])];
  await confirmNode(store, one._id, { version: 7, checksum: 'abcdef012345'.padEnd(64, '0'), now });
  await meet('edge-2', ['acme', 'globex']);
  await meet('edge-3', []);
});
afterAll(() => store.close());

describe('sync node list', () => {
  it('lists the nodes, their teams and what each confirmed', async () => {
    const { stdout } = await plane.ok('sync node list');
    expect(stdout).toMatch(/^NODE +TEAMS +URL +VERSION +CHECKSUM +ACKED +SEEN$/m);
    expect(stdout).toMatch(
      /^edge-1 +acme +wss:\/\/edge-1.example +7 +abcdef012345 +2026-03-01T12:00:00.000Z/m,
    );
    expect(stdout).toMatch(/^edge-2 +acme, globex /m);
    expect(stdout).toMatch(/^edge-3 +all /m);
    const rows = await plane.json<{ name: string; checksum: string }[]>('sync node list -o json');
    expect(rows.map(({ name }) => name)).toEqual(['edge-1', 'edge-1', 'edge-2', 'edge-3']);
    expect(rows[0]).toMatchObject({ teams: ['acme'], checksum: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('of a team shows only nodes that are sent nothing of another', async () => {
    const { stdout } = await plane.ok('sync node list --team globex -o json');
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'edge-1', teams: ['globex'], version: null }]);
  });

  it('says where nodes come from if there are none', async () => {
    const fresh = await controlPlane();
    await fresh.ok('team add Acme');
    const { stdout, stderr } = await fresh.ok('sync node list');
    expect(stdout).toBe('');
    expect(stderr).toContain('`netgoat sync push URL`');
  });
});

describe('sync node remove', () => {
  const names = async () =>
    (await plane.json<{ name: string; teams: string[] }[]>('sync node list -o json')).map(
      (node) => `${node.name} ${node.teams.join(' ')}`,
    );

  it.each([
    ['sync node remove edge-9 --yes', 3, 'no edge node "edge-9"'],
    ['sync node remove edge-1 --yes', 4, 'there are 2 edge nodes named edge-1'],
    ['sync node remove edge-2 --yes --team acme', 3, 'no edge node "edge-2"'],
    ['sync node remove edge-3', 2, 'add --yes'],
  ])('%s: exit %i', async (command, code, message) => {
    const before = await names();
    const { stderr, ...result } = await plane.run(command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(stderr).toContain(message);
    expect(await names()).toEqual(before);
  });

  it('says where the names are, or which one is near', async () => {
    const said = async (name: string) => (await plane.run(`sync node remove ${name} --yes`)).stderr;
    expect(await said('nope')).toContain('\n  `netgoat sync node list` shows those that were met\n');
    expect(await said('edge-33')).toContain('\n  did you mean "edge-3"?\n');
  });

  it('shows what would go, and takes it away with its reports', async () => {
    const node = await meet('edge-1', ['acme']);
    const day = { from: now, to: now, receivedAt: now, domains: [] };
    await store.models.EdgeReport.create({ node: node._id, reportId: 'r1', ...day });
    const dry = await plane.ok('sync node remove edge-1 --team acme --dry-run');
    expect(dry.stdout).toContain('wss://edge-1.example');
    expect(dry.stderr).toContain('Would remove edge-1');
    expect(await names()).toHaveLength(4);
    const { stdout, stderr } = await plane.ok('sync node remove edge-1 --team acme --yes -o json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'edge-1', teams: ['acme'] });
    expect(stderr).toContain('Removed edge-1');
    expect(await names()).toEqual(['edge-1 globex', 'edge-2 acme globex', 'edge-3 ']);
    expect(await store.models.EdgeReport.countDocuments({})).toBe(0);
  });

  it('asks for the name on a terminal', async () => {
    const refused = await atTerminal(plane, 'sync node remove edge-3', []);
    await refused.answer('Type edge-3 to remove it:', 'edge-2');
    expect(await refused.code).toBe(130);
    expect(await names()).toContain('edge-3 ');
    const removed = await atTerminal(plane, 'sync node remove edge-3', []);
    await removed.answer('Type edge-3 to remove it:', 'edge-3');
    expect(await removed.code).toBe(0);
    expect(await names()).not.toContain('edge-3 ');
  });

  it('needs a token that may write, and one of its team', async () => {
    await plane.ok('user add ops@globex.example --team globex --role owner');
    const create = 'user token create ops@globex.example --name';
    const tokens = await Promise.all(
      ['ro --scope read', 'rw --scope read --scope write'].map(
        async (what) => (await plane.json<{ token: string }>(`${create} ${what} -o json`)).token,
      ),
    );
    const run = (token: string, name: string) =>
      plane.run(`sync node remove ${name} --yes`, { env: { NETGOAT_TOKEN: token } });
    expect((await run(tokens[0]!, 'edge-1')).code).toBe(2);
    expect((await run(tokens[1]!, 'edge-2')).code).toBe(3);
    expect((await run(tokens[1]!, 'edge-1')).code).toBe(0);
    expect(await names()).toEqual(['edge-2 acme globex']);
  });
});
