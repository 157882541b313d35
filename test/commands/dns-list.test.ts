import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

const domain = 'shop.example.com';

let plane: ControlPlane;

describe('dns list and show', () => {
  beforeAll(async () => {
    plane = await controlPlane('team add Acme', 'team add Globex', `domain add ${domain} --team acme`);
    const stdin = 'www A 192.0.2.1\n@ A 192.0.2.2\nx.eu A 192.0.2.3\n*.eu TXT hello\na.b CNAME www\n';
    await plane.ok(`dns add ${domain} -`, { stdin });
    await plane.ok(`dns set ${domain} a.b CNAME --disable --tag old --tag b`);
  });

  it.each([
    ['', ['@', '*.eu', 'a.b', 'www', 'x.eu']],
    ['--type a', ['@', 'www', 'x.eu']],
    ['--name www', ['www']],
    ['--name *.eu', ['*.eu', 'x.eu']],
    ['--name ?.*', ['*.eu', 'a.b', 'x.eu']],
    ['--name \\*.eu', ['*.eu']],
    ['--name \\*.e?', ['*.eu']],
    ['--name *.eu.DOMAIN.', ['*.eu', 'x.eu']],
    ['--name WWW.DOMAIN.', ['www']],
    ['--tag old', ['a.b']],
    ['--tag old --tag none', []],
    ['--enabled --type A --name w*', ['www']],
    ['--disabled', ['a.b']],
  ])('list %s', async (flags, names) => {
    const found = await plane.json<{ name: string }[]>(
      `dns list ${domain} ${flags.replace('DOMAIN', domain)} --json name`,
    );
    expect(found.map(({ name }) => name)).toEqual(names);
  });

  it('shows the records of a name, and suggests another for one that is not there', async () => {
    expect(await plane.json(`dns show ${domain} @ A --json value`)).toEqual([{ value: '192.0.2.2' }]);
    expect((await plane.ok(`dns show ${domain} a.b`)).stdout).toMatch(/a\.b +CNAME .*b, old/);
    const typo = await plane.run(`dns show ${domain} wwww`);
    expect(typo).toMatchObject({ code: 3, stdout: '' });
    expect(typo.stderr).toContain('did you mean "www"?');
    expect((await plane.run(`dns show ${domain} www MX`)).stderr).not.toContain('mean');
    expect((await plane.run('dns list none.example.com')).code).toBe(3);
    expect((await plane.run('dns list')).stderr).toContain('missing <domain>');
  });

  it('shows one name as a whole on a terminal, and none of what is empty', async () => {
    const key = 'k'.repeat(400);
    await plane.ok('domain add long.example --team acme');
    await plane.ok(`dns add long.example s1._domainkey TXT "p=${key}"`);
    const stdout = Object.assign(new PassThrough(), { isTTY: true });
    await plane.ok('dns show long.example s1._domainkey --no-color', { stdout, columns: 80 });
    const [head, ...body] = String(stdout.read()).split('\n');
    expect(head).toMatch(/^NAME +TYPE +TTL +PROXIED +ENABLED +VALUE$/);
    expect(body.join('').match(/k/g)!.length).toBe(key.length + 's1._domainkey'.match(/k/g)!.length);
  });

  it('filters by what the table shows', async () => {
    const found = async (filter: string) =>
      (await plane.json<object[]>(`dns list ${domain} --json name --filter ${filter}`)).length;
    expect(await Promise.all(['ttl=5m', 'ttl=300', 'enabled=no', 'enabled!=no'].map(found))).toEqual([
      5, 5, 1, 4,
    ]);
    const refused = await plane.run(`dns list ${domain} --limit x`);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('not "x"') as string });
  });

  it('names a record as writes do, and as remove takes it', async () => {
    const { stdout } = await plane.ok(`dns list ${domain} --name *.eu -o name`);
    expect(stdout).toBe(`${domain} *.eu TXT "hello"\n${domain} x.eu A 192.0.2.3\n`);
    const removed = await plane.ok(`dns remove ${stdout.split('\n')[1]} --dry-run -o name`);
    expect(removed.stdout).toBe(stdout.split('\n').slice(1).join('\n'));
  });

  it('keeps tenants apart', async () => {
    for (const command of [
      'list DOMAIN',
      'show DOMAIN www',
      'add DOMAIN y A 192.0.2.9',
      'set DOMAIN www A --ttl 1h',
    ]) {
      expect((await plane.run(`dns ${command.replace('DOMAIN', domain)} --team globex`)).code).toBe(3);
    }
    expect((await plane.run(`dns remove ${domain} www --yes --team globex`)).code).toBe(3);
  });
});
