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
    what: 'that cannot be read or have values that are none',
    stdin: 'ok A 192.0.2.1\nbad A 192.0.2\nodd FOO x\ntext TXT a b\n\tMX 10 mx.example.net.\n  A 192.0.2.9\n',
    code: 2,
    says: [
      '5 of 6 lines have errors',
      'line 2: bad A: ',
      'line 3: ',
      'line 4: ',
      'line 5: the record has no',
      'line 6: the',
    ],
  },
  {
    what: 'up to 50',
    stdin: Array.from({ length: 60 }, (_, at) => `n${at} A 192.0.2\n`).join(''),
    code: 2,
    says: ['60 of 60 lines have errors, nothing was written', 'line 1: ', 'line 50: ', 'and 10 more'],
  },
  {
    what: 'that are there already',
    stdin: 'a A 192.0.2.1\na A 192.0.2.1\nb A 192.0.2.1\nb CLASS1 A 192.0.2.1\n',
    code: 4,
    says: ['2 of 4 lines have errors', 'line 2: the record a A 192.0.2.1 is on line 1 already', 'line 4: '],
  },
  {
    what: 'that differ in what they say of a set',
    stdin:
      'f 300 A 192.0.2.1\nf 600 A 192.0.2.2\n' +
      '{"name":"g","type":"A","value":"192.0.2.1","proxied":true}\n' +
      '{"name":"g","type":"A","value":"192.0.2.2","enabled":false,"proxied":false}\n',
    code: 2,
    says: [
      '2 of 4 lines have errors',
      'line 2: the set f A has the TTL 300 on line 1, and has the TTL 600 here',
      'line 4: the set g A is proxied on line 3, and is not proxied here',
    ],
  },
])('names all lines $what', async ({ stdin, code, says }) => {
  const refused = await plane.run('dns add zone.example.com - --dry-run', { stdin });
  expect(refused).toMatchObject({ code, stdout: '' });
  for (const part of says) expect(refused.stderr).toContain(part);
});

it('says on which lines the zone would break a rule', async () => {
  const stdin = 'c CNAME c.example.net.\nc A 192.0.2.1\n';
  const refused = await plane.run('dns add zone.example.com - --dry-run', { stdin });
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(/stdin:[12]:1: .*\[cname-alone\]/);
});

it('refuses a value that is given twice', async () => {
  const refused = await plane.run('dns add zone.example.com twice A 192.0.2.1 192.0.2.1');
  expect(refused).toMatchObject({ code: 4, stdout: '' });
  expect(refused.stderr).toBe('error: the record twice A 192.0.2.1 is given twice\n');
});
