import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

let plane: ControlPlane;
let domain: string;
let count = 0;

beforeAll(async () => {
  plane = await controlPlane('team add Acme');
});

beforeEach(async () => {
  count += 1;
  domain = `set${count}.example.com`;
  await plane.ok(`domain add ${domain} --team acme`);
});

const rows = (fields = 'value') =>
  plane.json<Record<string, unknown>[]>(`dns list ${domain} --json ${fields}`);

describe('dns set --only', () => {
  beforeEach(async () => {
    await plane.ok(`dns add ${domain} @ MX "10 a.example.net." --comment first --tag x`);
    await plane.ok(`dns add ${domain} @ MX "20 b.example.net." --comment second`);
  });

  it('replaces one value of a set, and keeps the others', async () => {
    const [kept] = await rows('id');
    const { stdout } = await plane.ok(
      `dns set ${domain} @ MX "30 c.example.net." --only "20 b.example.net."`,
    );
    expect(stdout).toContain('1 to add, 0 to update, 1 to remove.');
    expect(await rows('id,value,comment,tags')).toMatchObject([
      { id: kept!['id'], value: '10 a.example.net.', comment: 'first', tags: ['x'] },
      { value: '30 c.example.net.', comment: 'second', tags: [] },
    ]);
  });

  it('changes comment and tags of one value, and what is common to the set for all', async () => {
    await plane.ok(`dns set ${domain} @ MX --only "20 B.example.net." --comment new --tag y --ttl 1h`);
    expect(await rows('value,comment,tags,ttl')).toEqual([
      { value: '10 a.example.net.', comment: 'first', tags: ['x'], ttl: 3600 },
      { value: '20 b.example.net.', comment: 'new', tags: ['y'], ttl: 3600 },
    ]);
  });

  it('has help that says what is of the set, and what of a value', async () => {
    const { stdout } = await plane.ok('dns set --help', { columns: 200 });
    for (const flag of ['--ttl', '--proxied', '--no-proxied', '--enable', '--disable'])
      expect(stdout).toMatch(new RegExp(`${flag}\\b.* whole set`));
    for (const flag of ['--comment', '--tag', '--no-tags'])
      expect(stdout).toMatch(new RegExp(`${flag}\\b.* of each value named`));
  });

  it('takes several, and refuses what is not there or would come twice', async () => {
    const missing = await plane.run(`dns set ${domain} @ MX "30 c.example.net." --only "99 b.example.net."`);
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    expect(missing.stderr).toContain('no record "@ MX 99 b.example.net."');
    expect(missing.stderr).toContain('there is @ MX 10 a.example.net., @ MX 20 b.example.net.');
    const twice = await plane.run(`dns set ${domain} @ MX "10 a.example.net." --only "20 b.example.net."`);
    expect(twice.code).toBe(4);
    expect((await plane.run(`dns set ${domain} @ MX --only "20 b.example.net."`)).code).toBe(2);
    const both = '--only "10 a.example.net." --only "20 b.example.net."';
    await plane.ok(`dns set ${domain} @ MX "5 d.example.net." ${both}`);
    expect(await rows('value,comment')).toEqual([{ value: '5 d.example.net.', comment: '' }]);
  });
});

describe('what stands behind a record in a master file', () => {
  it('is one line', async () => {
    const refused = await plane.run(['dns', 'add', domain, 'www', 'A', '192.0.2.1', '--comment', 'a\nb']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('comment: must be one line');
    for (const unsafe of ['\u0007', '\u2028', '\u202e']) {
      const record = { name: 'www', type: 'A', value: '192.0.2.1' };
      for (const more of [{ comment: `a${unsafe}b` }, { tags: [`a:${unsafe}b`] }]) {
        const stdin = JSON.stringify({ ...record, ...more });
        expect((await plane.run(`dns add ${domain} -`, { stdin })).code).toBe(2);
      }
    }
    await plane.ok(['dns', 'add', domain, 'www', 'A', '192.0.2.1', '--comment', '  of ; "any" kind  ']);
    expect(await rows('comment')).toEqual([{ comment: 'of ; "any" kind' }]);
  });

  it('has tags with values of any characters, but none that mean something else there', async () => {
    const tags = ['--tag', 'owner:Doe, "Jane"', '--tag', 'a=b'];
    await plane.ok(['dns', 'add', domain, 'www', 'A', '192.0.2.1', ...tags]);
    expect(await rows('tags')).toEqual([{ tags: ['a=b', 'owner:Doe, "Jane"'] }]);
    expect((await plane.ok(['dns', 'list', domain, '--tag', 'owner:Doe, "Jane"'])).stdout).toContain('www');
    for (const tag of ['cf-proxied:true', 'a:b\nc', 'a\u001bb', '', 'x'.repeat(101)]) {
      expect((await plane.run(['dns', 'set', domain, 'www', 'A', '--tag', tag])).code, tag).toBe(2);
    }
  });
});

it('takes the tags that an import takes', async () => {
  const file = 'a 300 A 192.0.2.1 ; cf_tags=two words,"a,b",owner:"Doe, Jane",=x';
  await plane.ok(`dns import ${domain} - --yes`, { stdin: `${file.replace(',=x', '')}\n` });
  const [imported] = await rows('tags');
  const flags = ['two words', 'a,b', 'owner:Doe, Jane'].flatMap((tag) => ['--tag', tag]);
  await plane.ok(['dns', 'set', domain, 'a', 'A', ...flags, '--tag', '=x']);
  expect(await rows('tags')).toEqual([{ tags: ['=x', ...(imported!['tags'] as string[])] }]);
  const { stdout } = await plane.ok(`dns export ${domain}`);
  const again = await plane.ok(`dns import ${domain} - --yes --mode exact`, { stdin: stdout });
  expect(again.stderr).toContain('Nothing to change');
  for (const tag of ['two words', 'a,b', '=x']) {
    expect((await plane.ok(['dns', 'list', domain, '--tag', tag, '-o', 'name'])).stdout).toContain(' a A ');
  }
});

describe('a value that joins a disabled set', () => {
  const WARNING = /warning: www A is disabled, and so is what joins it: `netgoat dns set .* www A --enable`/;
  const warned = async (command: string, stdin = '') =>
    [...(await plane.ok(command, { stdin })).stderr.matchAll(new RegExp(WARNING, 'g'))].length;

  beforeEach(() => plane.ok(`dns add ${domain} www A 192.0.2.1 --disabled`));

  it('is not served, which is said once', async () => {
    expect(await warned(`dns add ${domain} www A 192.0.2.2`)).toBe(1);
    expect(await warned(`dns add ${domain} -`, 'www A 192.0.2.3\nwww A 192.0.2.4\nx A 192.0.2.5\n')).toBe(1);
    expect(await warned(`dns set ${domain} www A 192.0.2.6`)).toBe(1);
    expect(await rows('name,enabled')).toEqual([
      { name: 'www', enabled: false },
      { name: 'x', enabled: true },
    ]);
  });

  it('is not spoken of where it goes without saying', async () => {
    expect(await warned(`dns add ${domain} www A 192.0.2.2 --disabled`)).toBe(0);
    expect(await warned(`dns set ${domain} www A --ttl 1h`)).toBe(0);
    expect(await warned(`dns set ${domain} www A 192.0.2.1`)).toBe(0);
    expect(await warned(`dns set ${domain} www A 192.0.2.3 --enable`)).toBe(0);
    expect(await warned(`dns add ${domain} www A 192.0.2.4`)).toBe(0);
  });
});

it('international names and wildcards are found in every spelling', async () => {
  await plane.ok(`domain add bücher${count}.example --team acme`);
  const zone = `bücher${count}.example`;
  await plane.ok(`dns add ${zone} öl A 192.0.2.1 --ttl 1h30m`);
  await plane.ok(`dns add ${zone} *.xn--l-0ga A 192.0.2.2`);
  for (const name of ['öl', 'ÖL', 'xn--l-0ga', `öl.${zone}`, `öl.${zone}.`, '?l', `ö*.${zone}`, 'xn--*']) {
    const found = await plane.json<object[]>(`dns list ${zone} --name ${name} --json name,ttl`);
    expect(found, name).toEqual([{ name: 'xn--l-0ga', ttl: 5400 }]);
  }
  await plane.ok(`dns set ${zone} *.öl A 192.0.2.3 --only 192.0.2.2`);
  await plane.ok(`dns remove ${zone} *.öl.${zone} A 192.0.2.3 --yes`);
  expect(await plane.json<object[]>(`dns list ${zone} --json name`)).toHaveLength(1);
});
