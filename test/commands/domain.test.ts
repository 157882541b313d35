import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { dnsServer } from '../helpers/dns-server.ts';

const certificate = fileURLToPath(new URL('../fixtures/shop.example.com.pem', import.meta.url));

let plane: ControlPlane;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('team add Globex');
  await plane.ok('domain add shop.example.com --team acme --tag web');
});

describe('domain add', () => {
  it('stores the A-label and shows the U-label beside it', async () => {
    await plane.ok('domain add Bücher.example. --team globex');
    expect(await plane.json('domain show bücher.example -o json')).toMatchObject({
      hostname: 'xn--bcher-kva.example',
    });
    expect((await plane.ok('domain list --team globex')).stdout).toContain(
      'bücher.example (xn--bcher-kva.example)',
    );
    await plane.ok('domain remove xn--bcher-kva.example --yes');
  });

  it('reads many from stdin as one set, all or none', async () => {
    const stdin = 'a.example\n# a remark\n{"hostname": "b.example", "note": "second", "tag": ["x"]}\n';
    await plane.ok('domain add - --team globex', { stdin });
    expect(await plane.json('domain list --team globex --json hostname,note,tags')).toEqual([
      { hostname: 'a.example', note: '', tags: [] },
      { hostname: 'b.example', note: 'second', tags: ['x'] },
    ]);
    const again = await plane.run('domain add - --team globex', { stdin: 'c.example\na.example\n' });
    expect(again.code).toBe(4);
    expect(again.stderr).toContain('line 2: domain a.example exists already');
    expect((await plane.ok('domain list --team globex -o name')).stdout).toBe('a.example\nb.example\n');
  });

  it('takes remarks behind hostnames, and the JSON of each setting', async () => {
    const stdin = [
      'remarked.example  # the old shop',
      '{"hostname": "all.example", "team": "acme", "waf": "on", "tags": ["b"], "tag": "a", "note": "n",' +
        ' "defaultTtl": 60, "disabled": true, "allow": "nested-tenant"}',
    ].join('\n');
    await plane.ok('domain add - --team acme --tag flag', { stdin });
    expect(
      await plane.json(
        'domain list --filter hostname~*.example --json hostname,team,waf,tags,defaultTtl,enabled',
      ),
    ).toMatchObject([
      { hostname: 'a.example' },
      {
        hostname: 'all.example',
        team: 'acme',
        waf: 'on',
        tags: ['a', 'b'],
        defaultTtl: 60,
        enabled: false,
      },
      { hostname: 'b.example' },
      { hostname: 'remarked.example', team: 'acme', tags: ['flag'], enabled: true },
    ]);
    for (const name of ['remarked.example', 'all.example']) await plane.ok(`domain remove ${name} --yes`);
  });

  it.each([
    [
      'y.example\n{"hostname":"x.example","bogus":1}',
      2,
      'line 2: there is no key "bogus"\n  the keys are hostname,',
    ],
    ['{"hostname":"x.example","notes":"n"}', 2, 'did you mean "note"?'],
    ['{"hostname":"x.example","__proto__":{}}', 2, 'line 1: there is no key "__proto__"'],
    ['{"hostname":"x.example"', 2, 'line 1: '],
    ['{"note":"n"}', 2, 'line 1: hostname: '],
    ['{"hostname":5}', 2, 'line 1: hostname: '],
    ['{"hostname":"x.example","waf":"maybe"}', 2, 'line 1: waf: '],
    ['{"hostname":"x.example","team":"acne"}', 3, 'line 1: no team "acne"'],
    ['# two\ny.example\na..b\n', 2, 'line 3: '],
    ['y.example\n\nx.example\nY.example.\n', 2, 'line 4: y.example is on line 1 already'],
    ['y.example\npay.shop.example.com\n', 8, 'line 2: pay.shop.example.com lies under'],
    ['', 2, 'stdin holds no hostnames'],
    ['\n# none\n', 2, 'stdin holds no hostnames'],
  ])('writes nothing of the lines %j', async (stdin, code, said) => {
    const before = (await plane.ok('domain list -o name')).stdout;
    const refused = await plane.run('domain add - --team globex', { stdin });
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(said);
    expect((await plane.ok('domain list -o name')).stdout).toBe(before);
  });

  it('wants no --team where each line names one', async () => {
    const stdin = '{"hostname":"x.example","team":"acme"}\n{"hostname":"y.example","team":"globex"}';
    expect((await plane.ok('domain add - --dry-run', { stdin })).stdout).toContain('y.example (globex)');
    const refused = await plane.run('domain add - --dry-run', { stdin: `${stdin}\nz.example` });
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('missing --team');
  });

  it('keeps tenants from lying under or above each other', async () => {
    for (const nested of ['pay.shop.example.com', 'example.com']) {
      const refused = await plane.run(`domain add ${nested} --team globex`);
      expect(refused.code).toBe(8);
      expect(refused.stderr).toContain('--allow nested-tenant');
    }
    await plane.ok('domain add pay.shop.example.com --team globex --allow nested-tenant');
    await plane.ok('domain add eu.shop.example.com --team acme');
    await plane.ok('domain add other-shop.example.com --team globex');
  });

  it.each([
    ['domain add shop.example.com --team acme', 4, 'exists already'],
    ['domain add SHOP.example.com. --team acme', 4, 'exists already'],
    ['domain add a..b --team acme', 2, 'a..b'],
    ['domain add 0x7f.1 --team acme', 2, '0x7f.1'],
    ['domain add xn--a.example --team acme', 2, 'xn--a'],
    ['domain add c.example --team acne', 3, 'did you mean "acme"?'],
    ['domain add c.example', 2, 'missing --team'],
    ['domain show shop.exmaple.com', 3, 'did you mean "shop.example.com"?'],
    ['domain set shop.example.com --waf maybe', 2, 'Allowed choices are on, off'],
  ])('%s: exit %i', async (command, code, message) => {
    const result = await plane.run(command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });
});

describe('domain verify', () => {
  it('looks the token up in the DNS', async () => {
    const { ownership } = await plane.json<{ ownership: { token: string } }>(
      'domain show shop.example.com -o json',
    );
    const texts = new Map<string, string[]>();
    const server = await dnsServer(texts);
    const verify = `domain verify shop.example.com --resolver ${server.address} --timeout 1`;
    const missing = await plane.run(verify);
    expect(missing.code).toBe(7);
    expect(missing.stderr).toContain(`_netgoat.shop.example.com. TXT "${ownership.token}"`);
    texts.set('_netgoat.shop.example.com', ['something else', ownership.token]);
    await plane.ok(verify);
    server.close();
    expect(await plane.json('domain show shop.example.com -o json')).toMatchObject({
      ownership: { verified: true, method: 'dns-txt' },
    });
    expect((await plane.run('domain verify shop.example.com --resolver nobody')).code).toBe(2);
    const silent = await plane.run('domain verify shop.example.com --resolver 127.0.0.1:1 --timeout 1');
    expect(silent.code).toBe(1);
    expect(silent.stderr).toMatch(/^error: the DNS did not answer for TXT _netgoat\.shop\.example\.com/);
  });
});

describe('domain tls', () => {
  it.each([
    ['2026-11-20T00:00:00Z', 'Pending'],
    ['2027-01-01T00:00:00Z', 'Active'],
    ['2028-01-01T00:00:00Z', 'Expired'],
  ])('at %s a certificate of the coming year is %s', async (now, status) => {
    await plane.ok(['domain', 'tls', 'set', 'shop.example.com', '--cert', certificate], {
      now: new Date(now),
    });
    const shown = await plane.json<Record<string, string>>('domain tls show shop.example.com -o json');
    expect(shown).toMatchObject({ status, issuer: 'O=Example CA, CN=shop.example.com' });
    expect(shown['fingerprint']).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it('stays Pending with a certificate for other names', async () => {
    const { stderr } = await plane.ok(['domain', 'tls', 'set', 'a.example', '--cert', certificate], {
      now: new Date('2027-01-01'),
    });
    expect(stderr).toContain('not for a.example');
    expect(await plane.json('domain tls show a.example -o json')).toMatchObject({ status: 'Pending' });
  });

  it('takes no private key and no rubbish', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(join(plane.folder, 'key.pem'), key);
    const refused = await plane.run('domain tls set shop.example.com --cert key.pem');
    expect(refused.code).toBe(2);
    expect(refused.stderr).not.toContain(key.split('\n')[1]);
    expect((await plane.run('domain tls set shop.example.com --cert -', { stdin: 'rubbish' })).code).toBe(2);
    expect((await plane.run('domain tls set shop.example.com --cert missing.pem')).code).toBe(2);
  });
});

describe('domain move and remove', () => {
  it('moves to another team and takes all with it when it goes', async () => {
    await plane.ok('domain add moving.example --team acme');
    await plane.ok('domain move moving.example globex');
    expect((await plane.run('domain show moving.example --team acme')).code).toBe(3);
    const { stdout } = await plane.ok('domain remove moving.example --team globex --yes');
    expect(stdout).toContain('- domain moving.example');
    const removed = await plane.ok('team remove globex --yes');
    expect(removed.stdout).toContain('- domain pay.shop.example.com');
    expect((await plane.ok('domain list -o name')).stdout).toBe('eu.shop.example.com\nshop.example.com\n');
  });
});
