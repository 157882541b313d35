import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

interface Body {
  domains: {
    domain: string;
    team_id: string;
    target_urls: string[];
    subdomains: { full_domain: string }[];
  }[];
  waf_rules: { name: string; expression: string; action: string; hosts: string[] }[];
}

describe('sync show --format agent', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await controlPlane();
    await plane.ok('team add Acme');
    await plane.ok('team add Other');
    await plane.ok('domain add shop.example.com --team acme --waf on');
    await plane.ok('domain add b.example --team other');
    await plane.ok('domain add off.example --team acme --disabled');
    for (const domain of ['shop.example.com', 'b.example', 'off.example']) {
      await plane.ok(`proxy upstream add ${domain} http://127.0.0.1:5080`);
    }
    await plane.ok('dns add shop.example.com www A 93.184.215.14 --proxied');
    await plane.ok('dns add shop.example.com old A 93.184.215.14 --proxied --disabled');
    await plane.ok('dns add shop.example.com mail A 93.184.215.14');
    await plane.ok('dns add shop.example.com *.dev A 93.184.215.14 --proxied');
    await plane.ok([
      'proxy',
      'waf',
      'add',
      'shop.example.com',
      'admin',
      '--action',
      'block',
      '--expr',
      'Path == "/a"',
    ]);
    await plane.ok('proxy waf add shop.example.com off --action block --expr true --disabled');
    await plane.ok('proxy rate-limit add shop.example.com login --path /login --limit 10 --per 1m');
  });

  const shown = async (command: string) => {
    const { stdout, stderr } = await plane.ok(`sync show --format agent ${command}`);
    return { body: JSON.parse(stdout) as Body, stdout, stderr };
  };

  it('prints what an agent reads: enabled domains and rules, proxied and enabled names', async () => {
    const { body } = await shown('');
    expect(body.domains).toMatchObject([
      { domain: 'b.example', team_id: 'other', subdomains: [] },
      {
        domain: 'shop.example.com',
        team_id: 'acme',
        target_urls: ['http://127.0.0.1:5080'],
        subdomains: [{ full_domain: 'www.shop.example.com' }],
      },
    ]);
    const hosts = ['shop.example.com', 'www.shop.example.com'];
    expect(body.waf_rules).toMatchObject([{ name: 'shop.example.com/admin', action: 'BLOCK', hosts }]);
  });

  it('says on stderr what an agent is not told of', async () => {
    expect((await shown('')).stderr).toBe(
      'warning: an agent is not told of wildcard names (1): *.dev.shop.example.com\n' +
        'warning: an agent is not told of rate limits (1): shop.example.com login\n',
    );
    expect((await shown('--team other')).stderr).toBe('');
  });

  it('is the same at every time and for the same scope', async () => {
    const [one, two] = [await shown(''), await shown('')];
    expect(one.stdout).toBe(two.stdout);
    expect((await shown('--team other')).body.domains.map(({ domain }) => domain)).toEqual(['b.example']);
    expect((await shown('--domain shop.example.com')).body.domains).toHaveLength(1);
  });

  it('goes to a file', async () => {
    const { stdout } = await shown('');
    const { stderr } = await plane.ok('sync show --format agent --out agent.json');
    expect(await readFile(join(plane.folder, 'agent.json'), 'utf8')).toBe(stdout);
    expect(stderr).toMatch(/^Wrote .*agent\.json: \d+ bytes, 2 domains, version \d+/m);
  });

  it('has no place for a signature', async () => {
    const { code, stderr } = await plane.run('sync show --format agent --sign-key key.pem');
    expect(code).toBe(2);
    expect(stderr).toContain('has no place for a signature');
  });

  it('refuses with exit 2 what an agent would reject, and writes nothing', async () => {
    await plane.ok('domain add big.example --team other');
    for (const at of [1, 2, 3, 4, 5]) {
      await plane.ok(`proxy upstream add big.example http://127.0.0.1:508${at}/${'p'.repeat(1900)}`);
    }
    const lines = Array.from({ length: 900 }, (_, at) => `h${at} A 93.184.215.14\n`).join('');
    await plane.ok('dns add big.example - --proxied', { stdin: lines });
    const { code, stdout, stderr } = await plane.run('sync show --format agent');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/error: NetGoat agents reject more than 8 MiB/);
    expect(stderr).toContain('token of fewer teams');
    expect((await shown('--team acme')).body.domains).toHaveLength(1);
    const toFile = await plane.run('sync show --format agent --out big.json');
    expect(toFile.code).toBe(2);
    await expect(readFile(join(plane.folder, 'big.json'))).rejects.toThrow('ENOENT');
  });
});
