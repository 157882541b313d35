import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';

const plane = await controlPlane();
await plane.ok('team add Acme');

/** The indented lines of a section of docs/stdin.md. */
async function example(section: string): Promise<string> {
  const page = await readFile(new URL('../../docs/stdin.md', import.meta.url), 'utf8');
  const text = page.split(/^## /m).find((each) => each.startsWith(section)) ?? '';
  return text
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => `${line.slice(4)}\n`)
    .join('');
}

it('takes the domains of docs/stdin.md', async () => {
  await plane.ok('domain add -', { stdin: await example('Domains') });
  expect(await plane.json('domain list --json hostname,waf,tags,defaultTtl')).toMatchObject([
    { hostname: 'pay.example.net', waf: 'on', tags: ['pci'], defaultTtl: 300 },
    { hostname: 'shop.example.net' },
    { hostname: 'xn--bcher-kva.example.net' },
  ]);
});

it('takes the records of docs/stdin.md', async () => {
  await plane.ok('domain add zone.example.com');
  await plane.ok('dns add zone.example.com -', { stdin: await example('Records') });
  const rows = await plane.json<Record<string, unknown>[]>(
    'dns list zone.example.com --json name,ttl,type,value',
  );
  expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
    '@ 300 MX 10 mail.example.net.',
    '@ 300 TXT "v=spf1 -all"',
    'api 300 A 192.0.2.12',
    'eu 300 CNAME www.zone.example.com.',
    'k1._domainkey 300 TXT "v=DKIM1; k=rsa; " "p=MIIB"',
    'v6 3600 AAAA 2001:db8::1',
    'www 300 A 192.0.2.10',
    'www 300 A 192.0.2.11',
  ]);
});

it.each(['www IN A ( 192.0.2.1 )', '@ IN TXT ( "a" "b" )', '@ MX 10 mail.example.net. ('])(
  'refuses the parentheses of a zone file: %s',
  async (stdin) => {
    const refused = await plane.run('dns add zone.example.com - --dry-run', { stdin });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('line 1: ');
  },
);

it.each([
  {
    what: 'that cannot be read',
    stdin: 'www A 192.0.2.1\n$TTL 300\nx IN\ny CH A 192.0.2.3\n',
    code: 2,
    says: ['3 of 4 lines have errors', 'line 2: $TTL', 'line 3: ', 'line 4: the class CH'],
  },
  {
    what: 'with values that are none, the first of them',
    stdin: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name} A 192.0.2\n`).join(''),
    code: 2,
    says: ['7 of 7 lines have errors', 'line 1: ', 'line 5: ', 'and 2 more'],
  },
  {
    what: 'that are there already',
    stdin: 'a A 192.0.2.1\na A 192.0.2.1\nb A 192.0.2.1\nb CLASS1 A 192.0.2.1\n',
    code: 4,
    says: ['2 of 4 lines have errors', 'line 2: ', 'line 4: ', 'netgoat dns set'],
  },
])('names all lines $what', async ({ stdin, code, says }) => {
  const refused = await plane.run('dns add zone.example.com - --dry-run', { stdin });
  expect(refused).toMatchObject({ code, stdout: '' });
  for (const part of says) expect(refused.stderr).toContain(part);
});
