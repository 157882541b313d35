import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { kindNames } from '../../src/models/kinds.ts';
import type { KindName } from '../../src/models/kinds.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

/** What a stranger may try on each kind, and a word of the owner's that the stranger must never read. */
const attempts: Record<KindName, { secret: string; reads: string[]; writes: string[] }> = {
  team: {
    secret: 'acme',
    reads: ['team list', 'team show acme', 'history list', 'sync show', 'sync show --format ndjson'],
    writes: ['team set acme --name Stolen', 'team remove acme --yes'],
  },
  user: {
    secret: 'ops@acme.example',
    reads: ['user list', 'user show ops@acme.example', 'user token list ops@acme.example'],
    writes: [
      'user set ops@acme.example --name Stolen',
      'user remove ops@acme.example --yes',
      'user token create ops@acme.example --name stolen',
      'user token revoke ops@acme.example ci --yes',
    ],
  },
  domain: {
    secret: 'shop.acme.example',
    reads: [
      'domain list',
      'domain show shop.acme.example',
      'domain tls show shop.acme.example',
      'sync show --domain shop.acme.example',
    ],
    writes: [
      'domain set shop.acme.example --waf on',
      'domain verify shop.acme.example --manual',
      'domain tls set shop.acme.example --clear',
      'domain move shop.acme.example globex',
      'domain remove shop.acme.example --yes',
    ],
  },
  dns: {
    secret: '192.0.2.77',
    reads: ['dns list shop.acme.example', 'dns show shop.acme.example www'],
    writes: [
      'dns add shop.acme.example evil A 192.0.2.66',
      'dns set shop.acme.example www A 192.0.2.66',
      'dns remove shop.acme.example www A --yes',
    ],
  },
  proxy: {
    secret: '127.0.0.1:5080',
    reads: [
      'proxy show shop.acme.example',
      'proxy check shop.acme.example',
      'proxy upstream list shop.acme.example',
      'proxy waf list shop.acme.example',
      'proxy rate-limit list shop.acme.example',
      'proxy edge-function list shop.acme.example',
    ],
    writes: [
      'proxy set shop.acme.example --cache off',
      'proxy upstream add shop.acme.example http://192.0.2.66',
      'proxy upstream remove shop.acme.example http://127.0.0.1:5080 --yes',
      'proxy waf add shop.acme.example evil --expr true --action allow',
      'proxy rate-limit add shop.acme.example evil --path / --limit 1 --per 1m',
      'proxy edge-function add shop.acme.example evil --on request --file evil.js',
    ],
  },
  alert: {
    secret: 'bad-gateway-streak',
    reads: ['alert list', 'alert show shop.acme.example bad-gateway-streak'],
    writes: [
      'alert add shop.acme.example downtime',
      'alert set shop.acme.example bad-gateway-streak --threshold 99',
      'alert remove shop.acme.example bad-gateway-streak --yes',
    ],
  },
  incident: {
    secret: 'checkout answers 502',
    reads: [
      'incident list',
      'incident list --status all',
      'incident show shop.acme.example bad-gateway-streak',
    ],
    writes: [
      'incident open shop.acme.example downtime --message evil',
      'incident ack shop.acme.example bad-gateway-streak',
      'incident note shop.acme.example bad-gateway-streak evil',
      'incident resolve shop.acme.example bad-gateway-streak',
    ],
  },
};

const owners = [
  'team add Acme',
  'team add Globex',
  'user add ops@acme.example --team acme --role owner',
  'user add ops@globex.example --team globex --role owner',
  'user token create ops@acme.example --name ci',
  'domain add shop.acme.example --team acme',
  'dns add shop.acme.example www A 192.0.2.77',
  'proxy upstream add shop.acme.example http://127.0.0.1:5080',
  'alert add shop.acme.example bad-gateway-streak',
  'incident open shop.acme.example bad-gateway-streak --message "checkout answers 502"',
];

let plane: ControlPlane;
let strangers: [string, { suffix: string; env: Record<string, string> }][];

beforeAll(async () => {
  plane = await controlPlane();
  for (const step of owners) await plane.ok(step);
  await writeFile(join(plane.folder, 'evil.js'), 'export default 1;\n');
  const create = 'user token create ops@globex.example --name ci --scope read --scope write -o json';
  const { token } = await plane.json<{ token: string }>(create);
  strangers = [
    ['--team globex', { suffix: ' --team globex', env: {} }],
    ['a token of globex', { suffix: '', env: { NETGOAT_TOKEN: token } }],
    ['that token and --team acme', { suffix: ' --team acme', env: { NETGOAT_TOKEN: token } }],
  ];
});

describe.each(kindNames)('a %s of another team', (kind) => {
  const { secret, reads, writes } = attempts[kind];

  it('is not seen', async () => {
    for (const [who, { suffix, env }] of strangers) {
      for (const read of reads) {
        const { stdout, stderr } = await plane.run(`${read}${suffix}`, { env });
        expect(stdout, `${read} with ${who}`).not.toContain(secret);
        if (!`${read}${suffix}`.includes(secret)) expect(stderr, `${read} with ${who}`).not.toContain(secret);
      }
    }
  });

  it('is not changed', async () => {
    const before = await plane.json<{ version: number; checksum: string }>('sync show');
    for (const [who, { suffix, env }] of strangers) {
      for (const write of writes) {
        const { code, stderr } = await plane.run(`${write}${suffix}`, { env });
        // To an administrator --team is there what the token would reach: the user is known, and not of that team.
        const isKnown = write.startsWith('user token create') && who === '--team globex';
        expect(code, `${write} with ${who}: ${stderr}`).toBe(isKnown ? 2 : 3);
      }
    }
    const { version, checksum } = await plane.json<{ version: number; checksum: string }>('sync show');
    expect({ version, checksum }).toEqual({ version: before.version, checksum: before.checksum });
  });

  it('is seen by its owner', async () => {
    const outputs = await Promise.all(reads.map((read) => plane.run(read)));
    expect(outputs.some(({ stdout }) => stdout.includes(secret))).toBe(true);
  });
});

it('keeps the traffic of a team, and what watches it, from others', async () => {
  const line = (host: string) =>
    `${host}:443 192.0.2.1 - - [${clfNow()}] "GET / HTTP/1.1" 200 5 "-" "-"\n`.repeat(7_654);
  await writeFile(join(plane.folder, 'access.log'), line('shop.acme.example'));
  await plane.ok('analytics ingest access.log');
  const named = [
    'analytics show shop.acme.example',
    'analytics prune shop.acme.example --older-than 1h --yes',
    'analytics ingest access.log --domain shop.acme.example',
    'alert check --domain shop.acme.example',
    'alert test shop.acme.example bad-gateway-streak',
    'domain tls check shop.acme.example',
  ];
  const all = [
    'analytics show',
    'analytics show -o svg',
    'analytics rollup --older-than 1h',
    'analytics prune --older-than 1h --yes',
    'alert check',
  ];
  for (const [who, { suffix, env }] of strangers) {
    for (const command of named) {
      const { code, stdout, stderr } = await plane.run(`${command}${suffix}`, { env });
      expect({ code, stdout }, `${command} with ${who}: ${stderr}`).toEqual({ code: 3, stdout: '' });
    }
    for (const command of all) {
      const { stdout } = await plane.run(`${command}${suffix}`, { env });
      expect(stdout, `${command} with ${who}`).not.toMatch(/shop\.acme|7[,.]?654|checkout/);
    }
    // What stands in a log is known to who has it; it counts for nobody else.
    const own = await plane.run(`analytics ingest access.log --as-new -o json${suffix}`, { env });
    expect(own.code, who).toBe(who.endsWith('--team acme') ? 3 : 7);
    if (own.code === 7) expect(JSON.parse(own.stdout), who).toMatchObject({ lines: 7_654, counted: 0 });
  }
  expect(await plane.json('analytics show shop.acme.example -o json')).toMatchObject({
    totals: { requests: 7_654 },
  });
});

/** Now, as access logs have it. */
function clfNow(): string {
  const [, day, month, year, time] = /(\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date().toUTCString())!;
  return `${day}/${month}/${year}:${time} +0000`;
}

it('has a guard against nested tenants that no token lifts', async () => {
  const { token } = await plane.json<{ token: string }>(
    'user token create ops@globex.example --name nested --scope write -o json',
  );
  const command = 'domain add pay.shop.acme.example --team globex --allow nested-tenant';
  const refused = await plane.run(command, { env: { NETGOAT_TOKEN: token } });
  expect(refused.code).toBe(8);
  await plane.ok(`${command} --dry-run`);
});

it('lets a token of an edge read what edges are sent, and nothing else', async () => {
  const { token } = await plane.json<{ token: string }>(
    'user token create ops@globex.example --name edge --scope edge -o json',
  );
  await plane.ok('sync show', { env: { NETGOAT_TOKEN: token } });
  expect((await plane.run('domain list', { env: { NETGOAT_TOKEN: token } })).code).toBe(2);
});

it("binds a user's tokens to its role", async () => {
  await plane.ok('user add look@globex.example --team globex --role editor');
  const { token } = await plane.json<{ token: string }>(
    'user token create look@globex.example --name rw --scope read --scope write -o json',
  );
  const env = { NETGOAT_TOKEN: token };
  await plane.ok('domain add looked.example --team globex --dry-run', { env });
  await plane.ok('user set look@globex.example --role viewer');
  expect((await plane.run('domain add looked.example --team globex', { env })).code).toBe(2);
  await plane.ok('domain list', { env });
  const refused = await plane.run('user token create look@globex.example --name more --scope write');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('viewer');
});
