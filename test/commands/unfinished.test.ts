import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addRecords } from '../../src/changes/dns-add.ts';
import { historyOf, record } from '../../src/changes/history.ts';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { Store } from '../../src/database/store.ts';
import { newId } from '../../src/models/base.ts';
import type { Id } from '../../src/models/base.ts';
import { readVersion } from '../../src/queries/version.ts';
import { operator } from '../helpers/access.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

const COMMAND = 'netgoat dns import big.example big.zone';
const by = { actor: 'tester', command: COMMAND, message: '' };

let plane: ControlPlane;
let store: Store;
let token: string;
let version: number;

beforeAll(async () => {
  plane = await controlPlane();
  for (const line of [
    'team add Acme',
    'team add Other',
    'domain add big.example --team acme',
    'domain add calm.example --team acme',
    'dns add big.example www A 192.0.2.1',
    'dns add calm.example www A 192.0.2.1',
    'user add ops@acme.example --name Ops --role editor --team acme',
  ])
    await plane.ok(line);
  const create = 'user token create ops@acme.example --name ci --scope read --scope write -o json';
  token = (await plane.json<{ token: string }>(create)).token;
  await writeFile(join(plane.folder, 'more.zone'), 'more 300 A 192.0.2.2\n');
  store = await openStore(parseTarget(plane.database, {}));
});

afterAll(() => store.close());

/** Begins a set that changes big.example, and leaves it as a process does that was killed. */
async function begin(): Promise<Id> {
  const input = { domain: 'big.example', allow: [], strict: false };
  const half = { name: `half-${newId()}`, type: 'A', value: ['192.0.2.3'] };
  const records = [{ read: () => half }];
  const plan = await addRecords(store, operator, { ...input, records });
  const set = newId();
  version = (await readVersion(store)).value + 1;
  await record(store, historyOf(set, version, plan, by, 'applying'), undefined);
  await lock(set);
  return set;
}

async function lock(set: Id): Promise<void> {
  const writer = { set, holder: `${hostname()}:999999999:gone`, until: new Date(Date.now() + 60_000) };
  await store.connection.collection('meta').updateOne({ _id: 'version' as never }, { $set: { writer } });
}

const warning = (command = ` (${COMMAND})`) =>
  `warning: version ${version}${command} is still being written to big.example: what is shown is between the two` +
  ' (`netgoat history resume` finishes it if its process is gone)\n';

it('a set that is not finished is told of to whoever reads its domains, and to nobody else', async () => {
  await begin();
  for (const line of [
    'dns list big.example',
    'dns show BIG.example. www',
    'dns check big.example',
    'domain show big.example',
    'domain tls show big.example',
    'proxy upstream list big.example',
    'dns list big.example -o json',
    'dns import big.example more.zone --dry-run',
    'dns set big.example www A --ttl 1h --dry-run',
    'domain set big.example --note x --dry-run',
  ]) {
    const { stderr } = await plane.ok(line);
    expect(stderr.split(warning()), line).toHaveLength(2);
  }
  for (const line of [
    'dns list calm.example',
    'dns set calm.example www A --ttl 1h --dry-run',
    'domain list',
    'dns check --file more.zone big.example',
  ]) {
    expect((await plane.ok(line)).stderr, line).not.toContain('still being written');
  }
  expect((await plane.run('dns list bgi.example')).stderr).toContain('did you mean "big.example"?');
  await plane.ok('history resume');
  expect((await plane.ok('dns list big.example')).stderr).toBe('');
});

it('the commands that refuse to read half of it name the version, the domains and the way on', async () => {
  const set = await begin();
  for (const line of ['sync show', 'sync show --domain big.example', 'dns export big.example']) {
    const { code, stderr } = await plane.run(line);
    expect({ code, stderr }, line).toEqual({
      code: 4,
      stderr:
        `error: version ${version} is still being written to big.example\n` +
        '  run it again when that is done; `netgoat history resume` finishes it if its process is gone\n',
    });
  }
  const { stdout } = await plane.ok('db status');
  expect(stdout).toMatch(
    new RegExp(
      `^writer +process 999999999 on .*, which is gone: \`netgoat history resume\` finishes version ${version}`,
      'm',
    ),
  );
  expect(await plane.json('db status --json writer')).toMatchObject({
    writer: { set: String(set), version, alive: false },
  });
  expect((await plane.ok('sync show --domain calm.example')).stderr).toBe('');
  await plane.ok('history resume');
});

it('shows a token nothing of what another team typed', async () => {
  const set = await begin();
  const env = { NETGOAT_TOKEN: token };
  expect((await plane.ok('dns list big.example', { env })).stderr).toBe(warning());
  const other = await store.models.Team.findOne({ slug: 'other' }).lean();
  await store.models.ChangeSet.updateOne({ _id: set }, { $set: { teams: [other!._id] } });
  expect((await plane.ok('dns list big.example', { env })).stderr).toBe(warning(''));
  const next = await plane.ok('dns add calm.example a A 192.0.2.9', { env });
  expect(next.stderr).toContain('Finished an interrupted set of changes\n');
});

it.each([
  ['--team', 'dns add calm.example b A 192.0.2.9 --team acme', {}],
  ['NETGOAT_TEAM', 'dns add calm.example c A 192.0.2.9', { NETGOAT_TEAM: 'acme' }],
  ['--team of another team', 'team set other --name Others --team other', {}],
])('names what it finished to who has the database, with %s too', async (_how, line, env) => {
  await begin();
  const { stderr } = await plane.ok(line, { env });
  expect(stderr).toContain(`Finished the interrupted set ${version} (${COMMAND})\n`);
});
