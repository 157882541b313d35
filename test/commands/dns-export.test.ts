import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, parseTarget } from '../../src/database/open.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { checkzone, hasCheckzone } from '../helpers/named-checkzone.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('domain add shop.example.com --team acme');
  await plane.ok('domain add empty.example.com --team acme');
  await plane.ok('domain add bücher.example --team acme');
  await plane.ok('dns add shop.example.com @ NS ns1.example.net. ns2.example.net. --ttl 1d');
  await plane.ok(
    'dns add shop.example.com @ A 192.0.2.1 --proxied --comment "the shop" --tag web --tag owner:jane',
  );
  await plane.ok('dns add shop.example.com @ ALIAS lb.example.net. --disabled');
  await plane.ok('dns add shop.example.com *.eu CNAME shop.example.com. --ttl 1');
  await plane.ok('dns add shop.example.com www A 192.0.2.9 192.0.2.10');
  await plane.ok(['dns', 'add', 'shop.example.com', 'a-b', 'TXT', 'v=spf1 ; "quoted" \\ é']);
  await plane.ok(['dns', 'add', 'shop.example.com', 'x', 'TYPE731', '\\# 0']);
});

const ZONE = String.raw`; shop.example.com, revision 7
$ORIGIN shop.example.com.
$TTL 300
@	3600	IN	SOA	ns1.example.net. hostmaster.shop.example.com. 7 3600 900 604800 300
@	86400	IN	NS	ns1.example.net.
@	86400	IN	NS	ns2.example.net.
@		IN	A	192.0.2.1 ; the shop cf_tags=cf-proxied:true,owner:jane,web
; netgoat-disabled: @		IN	TYPE65401	\# 16 026c62076578616d706c65036e657400 ; cf_tags=cf-proxied:false
*.eu	1s	IN	CNAME	shop.example.com. ; cf_tags=cf-proxied:false
a-b		IN	TXT	"v=spf1 ; \"quoted\" \\ \195\169"
www		IN	A	192.0.2.10 ; cf_tags=cf-proxied:false
www		IN	A	192.0.2.9 ; cf_tags=cf-proxied:false
x		IN	TYPE731	\# 0
`;

describe('dns export', () => {
  it('prints the zone in canonical form, the same each time', async () => {
    const { stdout, stderr } = await plane.ok('dns export shop.example.com');
    expect(stdout).toBe(ZONE);
    expect(stderr).toBe('');
    expect((await plane.ok('dns export SHOP.example.com.')).stdout).toBe(ZONE);
  });

  it('comes in the order of dns list', async () => {
    const listed = await plane.json<{ name: string; type: string }[]>(
      'dns list shop.example.com --json name,type',
    );
    const exported = (await plane.ok('dns export shop.example.com')).stdout
      .split('\n')
      .filter((line) => /\tIN\t/.test(line) && !line.includes('SOA'))
      .map((line) => line.replace('; netgoat-disabled: ', '').split('\t'))
      .map(([name, , , type]) => ({ name, type: type === 'TYPE65401' ? 'ALIAS' : type }));
    const servers = (rows: { name?: string; type?: string }[]) =>
      rows.filter(({ name, type }) => name === '@' && type === 'NS');
    const others = (rows: { name?: string; type?: string }[]) => rows.filter((row) => !servers([row]).length);
    expect(exported).toEqual([...servers(listed), ...others(listed)]);
  });

  it('writes names in full', async () => {
    const { stdout } = await plane.ok('dns export shop.example.com --absolute');
    expect(stdout).not.toContain('$ORIGIN');
    expect(stdout).toContain('\nshop.example.com.\t3600\tIN\tSOA\t');
    expect(stdout).toContain('\n*.eu.shop.example.com.\t1s\tIN\tCNAME\t');
  });

  it('says which Unicode name it is, and that name servers are missing', async () => {
    const { stdout, stderr } = await plane.ok('dns export bücher.example');
    expect(stdout).toBe(String.raw`; bücher.example (xn--bcher-kva.example), revision 0
; no name servers are known: ns.invalid. stands in for them
$ORIGIN xn--bcher-kva.example.
$TTL 300
@	3600	IN	SOA	ns.invalid. hostmaster.xn--bcher-kva.example. 1 3600 900 604800 300
@		IN	NS	ns.invalid.
`);
    expect(stderr).toMatch(/^warning: xn--bcher-kva\.example has no name servers: .* @ NS /);
  });

  it('writes a file as a whole, and over another one only where that is meant', async () => {
    const path = join(plane.folder, 'shop.zone');
    const first = await plane.ok('dns export shop.example.com --out shop.zone');
    expect(first.stdout).toBe('');
    expect(first.stderr).toBe(
      `Wrote ${path}: ${Buffer.byteLength(ZONE)} bytes, shop.example.com at revision 7\n`,
    );
    expect(readFileSync(path, 'utf8')).toBe(ZONE);
    expect(await plane.run('dns export empty.example.com --out shop.zone')).toMatchObject({ code: 4 });
    expect(readFileSync(path, 'utf8')).toBe(ZONE);
    await plane.ok('dns export empty.example.com --out shop.zone --force');
    expect(readFileSync(path, 'utf8')).toContain('; empty.example.com');
  });

  it('makes no file for a domain that is not there', async () => {
    const result = await plane.run('dns export shopp.example.com --out none.zone');
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toContain('did you mean "shop.example.com"?');
    expect(existsSync(join(plane.folder, 'none.zone'))).toBe(false);
  });

  it.skipIf(!hasCheckzone)('named-checkzone takes it', async () => {
    for (const flags of ['', ' --absolute']) {
      const { stdout } = await plane.ok(`dns export shop.example.com${flags}`);
      expect(checkzone('shop.example.com', stdout)).toHaveLength(9);
    }
    const { stdout } = await plane.ok('dns export empty.example.com');
    expect(checkzone('empty.example.com', stdout)).toHaveLength(2);
  });
});

it('names the record that somebody damaged in the database', async () => {
  await plane.ok('domain add hurt.example.com --team acme');
  await plane.ok('dns add hurt.example.com www MX 10 mail.example.net.');
  const store = await openStore(parseTarget(plane.database, {}));
  await store.models.DNSRecord.collection.updateOne({ name: 'www', type: 'MX' }, { $set: { type: 'NONE' } });
  await store.close();
  const result = await plane.run('dns export hurt.example.com');
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toContain('hurt.example.com: the record www NONE is damaged');
});

it('keeps sets in order that come in several answers of the database', async () => {
  await plane.ok('domain add large.example.com --team acme');
  const lines = Array.from({ length: 1_500 }, (_, at) => `${at % 3 === 0 ? `h${at}` : 'many'} TXT v${at}`);
  await plane.ok('dns add large.example.com -', { stdin: lines.join('\n') });
  const listed = await plane.json<{ value: string }[]>('dns list large.example.com --json value');
  const { stdout } = await plane.ok('dns export large.example.com');
  expect(stdout.match(/"v\d+"$/gm)).toEqual(listed.map(({ value }) => value));
});
