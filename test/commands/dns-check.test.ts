import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dnsRules } from '../../src/dns/rules.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { runCli } from '../helpers/run-cli.ts';
import { HEAD, nowhere, zoneFiles } from '../helpers/zone-files.ts';

/** The zone that most tests are about: from its line 5 on, errors, a strict rule and advice. */
const WRONG = `${HEAD}www A 192.0.2.1
www 600 A 192.0.2.2
bad A 192.0.2.999
loop CNAME loop
low 5 A 192.0.2.4
`;

describe('dns check --file', () => {
  const { at, run, check, file, found, refusal } = zoneFiles();

  it('shows what cannot be read and what the rules find, in the order of the lines, and counts them', async () => {
    await file('z.db', WRONG);
    expect(await found('--file z.db --origin example.com')).toEqual([
      'z.db:6:1 ttl-differs',
      'z.db:7:7 a-address',
      'z.db:8:1 cname-loop',
      'z.db:9:1 ttl-range',
    ]);
    const { stdout, stderr, code } = await check('--file z.db --origin example.com');
    expect({ stderr, code }).toEqual({
      stderr: 'error: 7 records: 3 errors (1 strict), 1 warning\n',
      code: 2,
    });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['LEVEL', 'WHERE', 'RULE'],
      ['error', 'z.db:6:1', 'ttl-differs'],
      ['error', 'z.db:7:7', 'a-address'],
      ['strict', 'z.db:8:1', 'cname-loop'],
      ['advice', 'z.db:9:1', 'ttl-range'],
      [''],
    ]);
    expect(stdout).toContain('TTL 3600 on 192.0.2.1 and 600 on 192.0.2.2 (see also z.db:5:1): Give all');
  });

  it.each(['json', 'ndjson', 'yaml', 'csv', 'table', 'github'])(
    'says nothing twice in %s',
    async (format) => {
      await file('z.db', WRONG);
      const { stdout, stderr, code } = await check(`--file z.db --origin example.com --output ${format}`);
      expect(code).toBe(2);
      expect(stdout.match(/cname-loop/g)).toHaveLength(1);
      expect(stderr).not.toContain('loop');
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    },
  );

  it.each([
    ['', HEAD, 0, '4 records: 0 errors, 0 warnings'],
    ['--strict', HEAD, 0, '4 records'],
    ['', `${HEAD}low 5 A 192.0.2.4\n`, 0, '4 records: 0 errors, 1 warning'],
    ['--strict', `${HEAD}low 5 A 192.0.2.4\n`, 7, 'error: 4 records: 0 errors, 1 warning'],
    ['', `${HEAD}loop CNAME loop\n`, 2, 'if that is meant, add --allow cname-loop'],
    ['--allow cname-loop', `${HEAD}loop CNAME loop\n`, 0, '4 records: 0 errors, 0 warnings, 1 allowed'],
    ['--strict --allow cname-loop', `${HEAD}loop CNAME loop\nlow 5 A 192.0.2.4\n`, 7, '1 allowed'],
    ['--allow cname-loop', WRONG, 2, 'error: 7 records: 2 errors, 1 warning, 1 allowed'],
  ])('ends with the exit code of what it found: %s %j', async (flags, content, code, line) => {
    await file('z.db', content);
    const result = await check(`--file z.db --origin example.com ${flags}`);
    expect(result.code).toBe(code);
    expect(result.stderr.replace('3 records', '4 records')).toContain(line);
  });

  it.each(['no-such-rule', 'ttl-differs', 'ttl-range'])('refuses --allow %s', async (rule) => {
    expect(await check(`--file z.db --origin example.com --allow ${rule}`)).toMatchObject({
      code: 2,
      stdout: '',
    });
  });

  it.each([
    ['empty', ''],
    ['of comments', '; nothing\n\n  ; at all\n'],
  ])('refuses a file that is %s, as import does', async (_what, content) => {
    await file('none.zone', content);
    expect(await check('--file none.zone --origin shop.example.com')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: none.zone holds no records\n  a record a line, such as: www 300 IN A 192.0.2.1\n',
    });
  });

  it('takes a zone transfer, which ends with the SOA that it begins with', async () => {
    const [, soa] = HEAD.split('\n');
    await file('axfr.db', `${HEAD}www A 192.0.2.1\n${soa}\n`);
    expect(await found('--file axfr.db --origin example.com')).toEqual([]);
    await file('axfr.db', `${HEAD}www A 192.0.2.1\n${soa!.replace(' 1 2h', ' 2 2h')}\n`);
    expect(await found('--file axfr.db --origin example.com')).toEqual(['axfr.db:6:1 soa-single']);
  });

  it('needs no database, and makes none', async () => {
    const home = at('home');
    await mkdir(home);
    await file('z.db', HEAD);
    const env = { HOME: home, XDG_DATA_HOME: home };
    const result = await runCli('dns check --file z.db --origin example.com', { cwd: at(), env });
    expect(result).toEqual({ code: 0, stdout: '', stderr: '3 records: 0 errors, 0 warnings\n' });
    expect(await readdir(home)).toEqual([]);
  });

  it('takes the origin from the domain, in Unicode too, and the file from stdin', async () => {
    await file('z.db', HEAD);
    expect(await check('example.com --file z.db')).toMatchObject({ code: 0 });
    const stdin = `${HEAD}www.bücher.example. A 192.0.2.1\n`;
    expect(await check('bücher.example --file -', stdin)).toMatchObject({ code: 0 });
    expect(await check('--origin xn--bcher-kva.example. --file -', `${stdin}x A 1\n`)).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('stdin:6:5'),
    });
  });

  it('takes any zone that can be, and nothing else', async () => {
    const reverse = '1 300 PTR host.example.com.\n';
    expect(await check('--origin 0/26.2.0.192.in-addr.arpa --file -', reverse)).toMatchObject({ code: 0 });
    const root = await check('--origin . --file -', '. 300 NS a.\nb 300 NS c.d.\nc.d 300 A 192.0.2.1\n');
    expect(root.stdout).toMatch(/^strict +stdin:1:1 +glue-missing +\. NS points to a, which/m);
    expect(root.stderr).toContain('3 records: 1 error (1 strict), 1 warning');
    for (const origin of ['65f0c0ffee65f0c0ffee65f0', 'a\\032b', 'a\\*']) {
      const { code, stderr } = await check(`--origin ${origin} --file -`, reverse);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('is not the name of a zone'),
      });
    }
  });

  it('leaves out the types that are named, and says how many records', async () => {
    await file('z.db', `${HEAD}@ LOC 52 N 0 E 0m\n@ NSEC a SOA\n`);
    expect(await found('--file z.db --origin example.com')).toEqual([
      'z.db:5:3 type-unknown',
      'z.db:6:3 type-unknown',
    ]);
    expect(await check('--file z.db --origin example.com --skip-type LOC --skip-type dnssec')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Left out: 1 LOC, 1 NSEC (--skip-type)\n3 records: 0 errors, 0 warnings\n',
    });
    expect(await check('example.com --skip-type LOC')).toMatchObject({ code: 2 });
  });

  it('refuses two files, and a file of two zones', async () => {
    await file('z.db', HEAD);
    const two = await check('--file z.db --file z.db --origin example.com');
    expect(two).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('more than once') });
    const both = await check('shop.example --file z.db --origin example.com');
    expect(both).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('cannot be of') });
    expect(await check('Example.com --file z.db --origin example.com.')).toMatchObject({ code: 0 });
  });

  it('says which words are missing', async () => {
    for (const words of ['', '--origin example.com', '--file z.db', 'example.com --origin example.com']) {
      const { code, stderr } = await check(words);
      expect(code).toBe(2);
      expect(stderr).toMatch(/missing (?:<domain>|--file|--origin).*\n {2}for example: netgoat dns check/);
    }
  });

  it('refuses what is no file in a line', async () => {
    await mkdir(at('dir'));
    for (const name of ['nothing', 'dir', '/dev/null', '/dev/zero']) {
      const { code, stderr } = await check(`--file ${name} --origin example.com`);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        new RegExp(
          `^error: cannot read ${name}: (?:there is no such file|it is a folder|it is no regular file\n  a pipe is read from stdin.*)\n$`,
        ),
      );
    }
  });

  it('shows 50 of many as a table, errors before advice, and counts the others', async () => {
    const low = Array.from({ length: 60 }, (_, n) => `low${n} 5 A 192.0.2.1\n`).join('');
    await file('z.db', `${HEAD}${low}loop CNAME loop\nwww A 192.0.2.1\nwww A 192.0.2.1\n`);
    const words = '--file z.db --origin example.com';
    const { stdout, stderr } = await check(words);
    expect(stderr).toBe(
      'and 12 more; --output json has them all\nerror: 66 records: 2 errors (1 strict), 60 warnings\n',
    );
    expect(stdout.match(/ttl-range/g)).toHaveLength(48);
    expect(stdout).toMatch(/z\.db:65:1 .*\n.*z\.db:67:1 .*\n$/);
    const lifted = await check(`${words} --allow cname-loop`);
    expect(lifted.stdout).not.toContain('cname-loop');
    expect(lifted.stdout).toMatch(/ z\.db:53:1 .*\n.* z\.db:67:1 .*\n$/);
    expect(await refusal(words)).toHaveLength(62);
    expect((await check(`${words} --filter rule=ttl-range`)).stdout.match(/ttl-range/g)).toHaveLength(60);
    await file('z.db', `${HEAD}${low}`);
    expect((await check(words)).stderr).toBe(
      'and 10 more; --output json has them all\n63 records: 0 errors, 60 warnings\n',
    );
    await file('z.db', HEAD + 'a A 1\n'.repeat(60));
    for (const format of ['table', 'json', 'github']) {
      expect((await check(`${words} --output ${format}`)).stderr).toMatch(/^and 10 more\n.*60 errors/);
    }
  });

  it('reads the remarks of Cloudflare’s exports', async () => {
    await file(
      'z.db',
      `${HEAD}a 1 A 10.0.0.1 ; cf_tags=cf-proxied:true
b 300 A 198.18.0.1 ; web cf_tags=cf-proxied:true
b 300 A 198.18.0.2
c 300 A 198.18.0.1 ; cf_tags=cf-proxied:true
c 300 A 198.18.0.2 ; cf_tags=cf-proxied:false
d 300 A 198.18.0.1 ; cf_tags=cf-proxied:maybe
`,
    );
    expect(await found('--file z.db --origin example.com')).toEqual([
      'z.db:5:1 private-proxied',
      'z.db:9:1 flags-differ',
      'z.db:10:1 remark-invalid',
    ]);
    await file('other.db', `${HEAD}e 1 A 198.18.0.1\n`);
    expect(await found('--file other.db --origin example.com')).toEqual(['other.db:5:1 ttl-range']);
  });

  it('annotates for GitHub, with the escapes that its runner reads', async () => {
    await file('a,b:100%.db', `${HEAD}www A 192.0.2.1\nwww 600 A 192.0.2.2\nlow 5 A 192.0.2.4\nl CNAME l\n`);
    const words = ['dns', 'check', '--file', 'a,b:100%.db', '--origin', 'example.com', '-o', 'github'];
    const { stdout, code } = await run([...words, '--allow', 'cname-loop']);
    expect(code).toBe(2);
    expect(stdout).toBe(
      [
        '::error file=a%2Cb%3A100%25.db,line=6,col=1,title=ttl-differs::www.example.com A has TTL 3600 on 192.0.2.1 ' +
          'and 600 on 192.0.2.2%0Asee also a,b:100%25.db:5:1%0AGive all records of the set the same TTL.',
        '::warning file=a%2Cb%3A100%25.db,line=7,col=1,title=ttl-range::low.example.com A has a TTL of 5s, under a ' +
          'minute%0ATake one from 60 (1m) to 604800 (1w).',
        '::notice file=a%2Cb%3A100%25.db,line=8,col=1,title=cname-loop::The CNAMEs go in a circle: l.example.com -> ' +
          'l.example.com%0APoint one elsewhere.',
        '',
      ].join('\n'),
    );
    const piped = await check('--file - --origin example.com -o github', 'a 5 A 192.0.2.1\n');
    const filtered = await run([...words, '--filter', 'level=advice']);
    expect(filtered.stdout).toMatch(/^::warning .*\n$/);
    expect(filtered.code).toBe(2);
    const strict = await run([...words, '--strict']);
    expect(strict.stdout.match(/^::\w+/gm)).toEqual(['::error', '::error', '::error']);
    expect(piped.stdout).toMatch(/^::warning title=ttl-range::stdin:1:1: a\.example\.com A/);
  });

  it('lets nothing in a file write a line of its own, or move the cursor', async () => {
    await file('z\x1b[2J.db', `${HEAD}x A "1\x1b[2J::error::\x85"\n\x07 A 1\r\r\n`);
    for (const format of ['table', 'github', 'csv']) {
      const { stdout } = await check(`--file z\x1b[2J.db --origin example.com --output ${format}`);
      // oxlint-disable-next-line no-control-regex
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
      if (format === 'github')
        expect(stdout.match(/^::(?:error|warning|notice) /gm)).toHaveLength(stdout.split('\n').length - 1);
    }
  });
});

describe('dns check DOMAIN', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await controlPlane();
    await plane.ok('team add Acme');
    await plane.ok('team add Globex');
    await plane.ok('domain add shop.example.com --team acme');
    await plane.ok('dns add shop.example.com @ NS ns1.example.net.');
    await plane.ok('dns add shop.example.com a A 192.0.2.1 --ttl 5');
    await plane.ok('dns add shop.example.com loop CNAME loop.shop.example.com. --allow cname-loop');
  });

  it('looks at the stored zone', async () => {
    const { stdout, stderr, code } = await plane.run(
      'dns check shop.example.com --json level,where,rule,file',
    );
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { message: '3 records: 1 error (1 strict), 2 warnings' },
    });
    expect(JSON.parse(stdout)).toEqual([
      { level: 'strict', where: 'loop CNAME', rule: 'cname-loop', file: null },
      { level: 'advice', where: '@ NS', rule: 'ns-single', file: null },
      { level: 'advice', where: 'a A', rule: 'ttl-range', file: null },
    ]);
    expect(await plane.run('dns check shop.example.com --allow cname-loop')).toMatchObject({ code: 0 });
    expect(await plane.run('dns check shop.example.com --allow cname-loop --strict')).toMatchObject({
      code: 7,
    });
    const { stdout: annotated } = await plane.run('dns check shop.example.com -o github');
    expect(annotated).toMatch(/^::error title=cname-loop::The CNAMEs/);
  });

  it('stays within reach', async () => {
    expect(await plane.run('dns check nothing.example.com')).toMatchObject({ code: 3 });
    await writeFile(join(plane.folder, 'old.zone'), HEAD);
    expect((await plane.run('dns check old.zone')).stderr).toContain(
      '\n  for a file: netgoat dns check --file old.zone --origin NAME\n',
    );
    expect((await plane.run('dns check ./old.zone')).stderr).toContain('--file ./old.zone');
    expect(await plane.run('dns check shop.example.com --team globex')).toMatchObject({ code: 3 });
    expect(await plane.run('dns check shop.example.com --team acme')).toMatchObject({ code: 2 });
  });
});

describe('dns rules', () => {
  it('lists the table without a database', async () => {
    const { stdout, code } = await runCli('dns rules --output json', { env: nowhere });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(dnsRules);
    const { stdout: table } = await runCli('dns rules', { env: nowhere });
    expect(table.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'ID',
      ...dnsRules.map(({ id }) => id),
      '',
    ]);
  });

  it('takes the filters of every list, and --level', async () => {
    const { stdout } = await runCli('dns rules --level advice --json id --sort -id --limit 1', {
      env: nowhere,
    });
    const advice = dnsRules.filter(({ level }) => level === 'advice').map(({ id }) => id);
    expect(JSON.parse(stdout)).toEqual([{ id: advice.toSorted().at(-1) }]);
    expect(await runCli('dns rules --level none', { env: nowhere })).toMatchObject({ code: 2 });
  });
});
