import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';

const plane = await controlPlane();
await plane.ok('team add Acme');
await plane.ok('team add Globex');
await plane.ok('domain add shop.example.com --team acme');
await plane.ok('domain add www.globex.example --team globex');
await writeFile(join(plane.folder, 'geo.js'), 'export default (request) => request;\n');

interface Proxy {
  upstreams: { url: string; weight: number; healthCheck: string | null }[];
  wafRules: { name: string; priority: number; enabled: boolean }[];
  revision: number;
}

const show = () => plane.json<Proxy>('proxy show shop.example.com -o json');

describe('netgoat proxy', () => {
  it('has nothing at first, and says how to begin', async () => {
    const result = await plane.run('proxy show shop.example.com');
    expect(result).toMatchObject({ code: 3 });
    expect(result.stderr).toContain('netgoat proxy upstream add shop.example.com URL');
    expect(await plane.json('proxy waf list shop.example.com -o json')).toEqual([]);
    expect((await plane.ok('proxy set shop.example.com')).stderr).toContain('Nothing to change');
  });

  it('makes the configuration with the first thing that is set, and shows what moved', async () => {
    const made = await plane.ok('proxy upstream add shop.example.com http://127.0.0.1:5080 --weight 2');
    expect(made.stdout).toContain('+ proxy shop.example.com (acme)');
    const waf = await plane.ok([
      ...'proxy waf add shop.example.com block-admin --expr'.split(' '),
      'Path startsWith "/admin"',
      ...'--action block --priority 100'.split(' '),
    ]);
    expect(waf.stdout).toContain('~ proxy shop.example.com (acme)');
    expect(waf.stdout).toContain('wafRules[block-admin].expression: (none) -> Path startsWith "/admin"\n');
    await plane.ok('proxy rate-limit add shop.example.com login --path /login --limit 10 --per 1m --key ip');
    await plane.ok('proxy edge-function add shop.example.com geo --on request --file geo.js');
    await plane.ok('proxy set shop.example.com --cache aggressive --cache-ttl 1h');
    expect(await show()).toMatchObject({
      domain: 'shop.example.com',
      active: true,
      cache: { level: 'aggressive', ttl: 3600 },
      upstreams: [{ url: 'http://127.0.0.1:5080', weight: 2, healthCheck: null }],
      wafRules: [
        { name: 'block-admin', expression: 'Path startsWith "/admin"', priority: 100, enabled: true },
      ],
      rateLimits: [{ name: 'login', path: '/login', limit: 10, per: 60, burst: 0, key: 'ip' }],
      edgeFunctions: [
        { name: 'geo', on: 'request', path: '/', code: 'export default (request) => request;\n' },
      ],
      headers: [],
      revision: 5,
    });
    const table = (await plane.ok('proxy show shop.example.com')).stdout;
    expect(table).toContain('login (/login, 10 per 1m)');
    expect(table).toContain('geo (request /, 37 bytes)');
  });

  it('changes the fields given and no others', async () => {
    await plane.ok('proxy upstream set shop.example.com HTTP://127.0.0.1:5080/ --health-check /health');
    expect((await show()).upstreams).toEqual([
      { url: 'http://127.0.0.1:5080', weight: 2, healthCheck: '/health' },
    ]);
    await plane.ok('proxy upstream set shop.example.com http://127.0.0.1:5080 --health-check none');
    await plane.ok('proxy waf set shop.example.com block-admin --disable');
    expect((await show()).wafRules[0]).toMatchObject({ enabled: false, priority: 100 });
    await plane.ok('proxy waf set shop.example.com block-admin --enable --priority 50');
    await plane.ok('proxy edge-function set shop.example.com geo --on response');
    await plane.ok('proxy rate-limit set shop.example.com login --per 2m --burst 3');
    const again = await plane.ok('proxy rate-limit set shop.example.com login --per 2m');
    expect(again.stderr).toContain('Nothing to change');
  });

  it('keeps items in one order, whatever order they came in', async () => {
    const add = (name: string, priority: number) =>
      plane.ok(`proxy waf add shop.example.com ${name} --expr true --action log --priority ${priority}`);
    await plane.ok('proxy upstream add shop.example.com http://10.0.0.1');
    await add('b', 50);
    await add('a', 50);
    await add('z', 900);
    const { wafRules, upstreams } = await show();
    expect(wafRules.map(({ name }) => name)).toEqual(['z', 'a', 'b', 'block-admin']);
    expect(upstreams.map(({ url }) => url)).toEqual(['http://10.0.0.1', 'http://127.0.0.1:5080']);
    for (const name of ['a', 'b', 'z']) await plane.ok(`proxy waf remove shop.example.com ${name} --yes`);
    await plane.ok('proxy upstream remove shop.example.com http://10.0.0.1/ --yes');
    expect((await plane.ok('proxy waf list shop.example.com -o name')).stdout).toBe('block-admin\n');
  });

  it('sets, takes away and forgets headers', async () => {
    await plane.ok([
      ...'proxy set shop.example.com --header-response'.split(' '),
      'X-Frame-Options: DENY',
      '--header-response',
      'Server:',
      '--header-request',
      'X-From:  edge ',
    ]);
    const headers = () => plane.json('proxy show shop.example.com --json headers');
    expect(await headers()).toEqual({
      headers: [
        { on: 'request', name: 'X-From', value: 'edge' },
        { on: 'response', name: 'Server', value: null },
        { on: 'response', name: 'X-Frame-Options', value: 'DENY' },
      ],
    });
    await plane.ok(['proxy', 'set', 'shop.example.com', '--header-request', 'x-from: me']);
    await plane.ok('proxy set shop.example.com --unset-header server --unset-header X-FRAME-OPTIONS');
    expect(await headers()).toEqual({ headers: [{ on: 'request', name: 'x-from', value: 'me' }] });
  });

  it.each([
    'Authorization: Bearer S3cret',
    'proxy-authorization: Basic S3cret',
    'Cookie: sid=S3cret',
    'X-Api-Key: S3cret',
    'X-Upstream-Token: S3cret',
    'Client_Secret: S3cret',
    'X-From: Bearer S3cret',
    'Authorization: env:no-S3cret',
    'Authorization: Bearer S3crét',
    'Authorization Bearer S3cret',
  ])('keeps no credential, and repeats none: %s', async (header) => {
    const before = await show();
    for (const on of ['request', 'response']) {
      const refused = await plane.run(['proxy', 'set', 'shop.example.com', `--header-${on}`, header]);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).not.toMatch(/S3cr/);
    }
    expect(await show()).toEqual(before);
  });

  it('keeps where an edge finds a credential', async () => {
    const set = (header: string) =>
      plane.run(['proxy', 'set', 'shop.example.com', '--header-request', header]);
    expect((await set('Authorization: Bearer S3cret')).stderr).toContain("'Authorization: env:NAME'");
    for (const header of ['Authorization: env:BACKEND', 'X-Api-Key: file:/run/key', 'Cookie:']) {
      expect(await set(header)).toMatchObject({ code: 0 });
    }
    const payload = await plane.json<{ domains: { proxy: { headers: object[] } }[] }>(
      'sync show --domain shop.example.com',
    );
    expect(payload.domains[0]!.proxy.headers).toEqual(
      expect.arrayContaining([
        { on: 'request', name: 'Authorization', value: 'env:BACKEND' },
        { on: 'request', name: 'X-Api-Key', value: 'file:/run/key' },
        { on: 'request', name: 'Cookie', value: null },
      ]),
    );
  });

  it.each([
    ['upstream add shop.example.com ftp://10.0.0.1', 2, 'http or https URL'],
    ['upstream add shop.example.com http://user:secret@10.0.0.1', 2, 'no user name or password'],
    ['upstream add shop.example.com http://10.0.0.1?x=1', 2, 'http or https URL'],
    ['upstream add shop.example.com http://0x7f.1', 2, '0x7f.1'],
    ['upstream add shop.example.com http://10.0.0.1:65536', 2, 'http or https URL'],
    ['upstream add shop.example.com http://a..b', 2, 'a..b'],
    ['upstream add shop.example.com http://10.0.0.1 --weight 1.5', 2, 'weight: must be a whole number'],
    ['upstream add shop.example.com http://10.0.0.1 --health-check health', 2, 'health-check: '],
    [
      'upstream add shop.example.com http://127.0.0.1:5080/',
      4,
      'has the upstream http://127.0.0.1:5080 already',
    ],
    [
      'upstream remove shop.example.com http://127.0.0.1:5081 --yes',
      3,
      'did you mean "http://127.0.0.1:5080"?',
    ],
    ['upstream add shop.example.con http://10.0.0.1', 3, 'did you mean "shop.example.com"?'],
    ['waf add shop.example.com x --expr Pth==1 --action block', 2, 'wrong at column 1'],
    ['waf add shop.example.com x --action block', 2, 'missing --expr'],
    ['waf add shop.example.com x --expr true --action drop', 2, 'drop'],
    ['waf add shop.example.com block-admin --expr true --action log', 4, 'already'],
    ['waf set shop.example.com block-admn --action log', 3, 'did you mean "block-admin"?'],
    ['waf remove shop.example.com block-admin', 2, '--yes'],
    ['rate-limit add shop.example.com x --path login --limit 1 --per 1m', 2, 'path: must begin with /'],
    ['rate-limit add shop.example.com x --path / --limit 0 --per 1m', 2, 'limit: must be from 1'],
    ['rate-limit add shop.example.com x --path / --limit 1 --per 0', 2, 'per: must be at least 1s'],
    ['rate-limit add shop.example.com x --path / --limit 1 --per 1y', 2, 'per: '],
    ['edge-function add shop.example.com x --on request --file none.js', 2, 'none.js'],
    ['edge-function add shop.example.com x --on never --file geo.js', 2, 'never'],
    ['set shop.example.com --cache sometimes', 2, 'sometimes'],
    ['set shop.example.com --header-request no-colon', 2, "write 'Name: value'"],
  ])('refuses %s', async (command, code, words) => {
    const before = await show();
    const result = await plane.run(`proxy ${command}`);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(words);
    expect(result.stderr).not.toContain('secret');
    expect((await show()).revision).toBe(before.revision);
  });

  it('belongs to the team of its domain alone', async () => {
    const asGlobex = (command: string) => plane.run(`proxy ${command} --team globex`);
    const before = await show();
    for (const command of [
      'show shop.example.com',
      'check shop.example.com',
      'set shop.example.com --active off',
      'upstream list shop.example.com',
      'upstream add shop.example.com http://10.9.9.9',
      'waf set shop.example.com block-admin --disable',
      'rate-limit remove shop.example.com login --yes',
    ]) {
      expect((await asGlobex(command)).code, command).toBe(3);
    }
    expect(await show()).toEqual(before);
  });

  it('writes nothing on a dry run and refuses another revision', async () => {
    const before = await show();
    const dry = await plane.ok('proxy waf remove shop.example.com block-admin --dry-run');
    expect(dry.stdout).toContain('wafRules');
    expect((await plane.run('proxy set shop.example.com --cache off --if-revision 1')).code).toBe(4);
    expect(await show()).toEqual(before);
  });
});

describe('the code of an edge function', () => {
  const add = (name: string, options = {}) =>
    plane.run(`proxy edge-function add shop.example.com ${name} --on request --file -`, options);
  const remove = (name: string) => plane.ok(`proxy edge-function remove shop.example.com ${name} --yes`);

  it.each([
    ['a module', 'import "x";\nexport default async (r) => { await r; };'],
    ['a module that awaits', 'const x = await Promise.resolve(1);\nexport { x };'],
    ['a script', 'addEventListener("fetch", (event) => event);'],
    ['a script of the old kind', 'with (self) { print(1); }'],
  ])('may be %s, from stdin', async (_what, stdin) => {
    expect(await add('code', { stdin })).toMatchObject({ code: 0 });
    await remove('code');
  });

  it.each([
    ['no JavaScript', 'export default (r) => {\n  const x = ;\n};', '(line 2)'],
    ['empty', ' \n', 'is empty'],
    ['more than 1 MiB', `//${'x'.repeat(1024 * 1024)}`, 'larger than 1048576 bytes'],
  ])('is refused where it is %s', async (_what, stdin, words) => {
    const result = await add('bad', { stdin });
    expect(result).toMatchObject({ code: 2 });
    expect(result.stderr).toContain(words);
  });

  it('is never run', async () => {
    const stdin = 'throw new Error("ran");\nexport default 1;\nprocess.exit(9);';
    expect(await add('inert', { stdin })).toMatchObject({ code: 0 });
    await remove('inert');
  });

  it('is read from regular files in UTF-8 alone', async () => {
    await mkdir(join(plane.folder, 'folder'));
    await symlink(join(plane.folder, 'folder'), join(plane.folder, 'link'));
    await writeFile(join(plane.folder, 'latin1.js'), Buffer.from([0x2f, 0x2f, 0xe9]));
    execFileSync('mkfifo', [join(plane.folder, 'pipe')]);
    for (const [file, words] of [
      ['pipe', 'no regular file'],
      ['folder', 'it is a folder'],
      ['link', 'it is a folder'],
      ['latin1.js', 'not UTF-8'],
    ]) {
      const result = await plane.run(
        `proxy edge-function add shop.example.com f --on request --file ${file}`,
      );
      expect(result, file).toMatchObject({ code: 2 });
      expect(result.stderr).toContain(words);
    }
  });
});

describe('netgoat proxy check', () => {
  interface Finding {
    level: string;
    where: string;
    message: string;
  }
  const check = async (domain: string) => {
    const result = await plane.run(`proxy check ${domain} -o json`);
    return { ...result, findings: JSON.parse(result.stdout) as Finding[] };
  };

  it('finds nothing in a sound configuration', async () => {
    await plane.ok('domain add sound.example.com --team acme');
    await plane.ok('proxy upstream add sound.example.com https://backend.example.net');
    const result = await plane.run('proxy check sound.example.com');
    expect(result).toMatchObject({ code: 0, stdout: '' });
    expect(result.stderr).toContain('Nothing found');
  });

  it('ends with 7 where a domain has no configuration', async () => {
    const { code, findings, stderr } = await check('www.globex.example');
    expect(code).toBe(7);
    expect(findings).toMatchObject([{ level: 'error', where: 'proxy' }]);
    expect(stderr).toContain('has 1 error"');
  });

  it('finds what is wrong and what is probably not meant', async () => {
    await plane.ok('domain add odd.example.com --team acme');
    await plane.ok('proxy upstream add odd.example.com http://odd.example.com --weight 0');
    for (const rule of ['first', 'second']) {
      await plane.ok(`proxy waf add odd.example.com ${rule} --expr true --action block`);
      await plane.ok(`proxy rate-limit add odd.example.com ${rule} --path / --limit 1 --per 1s`);
    }
    await plane.ok('proxy set odd.example.com --active off --cache-ttl 0');
    const { code, findings, stderr } = await check('odd.example.com');
    expect(code).toBe(7);
    expect(stderr).toContain('2 errors and 5 warnings');
    expect(findings.map(({ level, where }) => `${level} ${where}`)).toEqual([
      'error upstream',
      'error upstream http://odd.example.com',
      'warning proxy',
      'warning waf',
      'warning waf second',
      'warning rate-limit second',
      'warning cache',
    ]);
  });

  it('finds a WAF that is on without a rule, and no upstream', async () => {
    await plane.ok('domain add bare.example.com --team acme --waf on');
    await plane.ok('proxy set bare.example.com --cache standard');
    const { findings } = await check('bare.example.com');
    expect(findings.map(({ where }) => where)).toEqual(['upstream', 'waf']);
  });

  it('finds rules and code that were damaged in the database', async () => {
    await plane.ok('domain add hurt.example.com --team acme');
    await plane.ok('proxy upstream add hurt.example.com http://10.0.0.1');
    await plane.ok('proxy waf add hurt.example.com r --expr true --action log');
    await plane.ok('proxy edge-function add hurt.example.com f --on request --file geo.js');
    await plane.ok('domain set hurt.example.com --waf on');
    const { openStore, parseTarget } = await import('../../src/database/open.ts');
    const store = await openStore(parseTarget(plane.database, {}));
    await store.models.ProxyConfig.updateOne(
      { 'wafRules.name': 'r' },
      { $set: { 'wafRules.0.expression': 'Nope(', 'edgeFunctions.0.code': 'export (' } },
    );
    await store.close();
    const { findings } = await check('hurt.example.com');
    expect(findings.map(({ level, where }) => `${level} ${where}`)).toEqual([
      'error waf r',
      'error edge-function f',
    ]);
  });
});
