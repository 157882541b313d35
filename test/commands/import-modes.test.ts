import { describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import { importing } from '../helpers/importing.ts';

const plane = await controlPlane();
await plane.ok('team add Acme');
const { zone, load, rows, zoneOf } = importing(plane);

describe('merge', () => {
  it('adds values, takes the TTL and the flags for the whole set, and removes nothing', async () => {
    const domain = await zone('www 60 A 192.0.2.1 ; kept cf_tags=cf-proxied:true,web\nmail 60 A 192.0.2.9\n');
    await load(domain, 'www 90 A 192.0.2.2 ; cf_tags=cf-proxied:false\n');
    expect(await rows(domain)).toEqual([
      'mail 60 A 192.0.2.9',
      'www 90 A 192.0.2.1 | kept | web',
      'www 90 A 192.0.2.2',
    ]);
  });

  it('leaves alone what a line says nothing of', async () => {
    const domain = await zone('www 60 A 192.0.2.1 ; kept cf_tags=cf-proxied:true,web\n');
    await load(domain, ['www 60 A 192.0.2.1', 'www 60 A 192.0.2.2']);
    expect(await rows(domain)).toEqual([
      'www 60 A 192.0.2.1 | proxied | kept | web',
      'www 60 A 192.0.2.2 | proxied',
    ]);
    await load(domain, 'www 60 A 192.0.2.1 ; another\n');
    expect((await rows(domain))[0]).toBe('www 60 A 192.0.2.1 | proxied | another | web');
    await load(domain, 'www 60 A 192.0.2.1 ; cf_tags=\n');
    expect((await rows(domain))[0]).toBe('www 60 A 192.0.2.1 | proxied');
  });

  it('enables and disables as the file says', async () => {
    const domain = await zone('www 60 A 192.0.2.1\n');
    await load(domain, '; netgoat-disabled: www 60 IN A 192.0.2.1\n');
    expect(await rows(domain)).toEqual(['www 60 A 192.0.2.1 | disabled']);
    await load(domain, 'www 60 A 192.0.2.1\n');
    expect(await rows(domain)).toEqual(['www 60 A 192.0.2.1']);
  });

  it('says what is stored where a line does not go with it, and what changes that', async () => {
    const domain = await zone('www 60 CNAME a.example.net.\nmail 60 A 192.0.2.1\n');
    const file = ['www 60 CNAME b.example.net.', 'mail 60 CNAME b.example.net.', 'loop 60 CNAME loop'];
    const { code, stderr } = await load(domain, file);
    expect(code).toBe(2);
    const change =
      '`netgoat dns set` and `netgoat dns remove` change that; with --mode replace it becomes the file.';
    expect(stderr.split('\n')).toEqual([
      `stdin:1:1: error: www.${domain} has 2 CNAMEs: a.example.net. b.example.net. [cname-single]`,
      `  Keep one. The zone has CNAME a.example.net. there: ${change}`,
      `stdin:2:1: error: mail.${domain} has a CNAME beside A [cname-alone]`,
      `  Remove either the CNAME or the others. The zone has A 192.0.2.1 there: ${change}`,
      expect.stringContaining('[cname-loop]'),
      '  Point one elsewhere.',
      'error: the rules refuse stdin for 3 reasons, nothing was written',
      '',
    ]);
    expect((await load(domain, file, '--mode replace --allow cname-loop')).code).toBe(0);
  });

  it('a second time changes nothing', async () => {
    const file = [
      'www 60 A 192.0.2.1 ; x cf_tags=cf-proxied:true,b,a',
      '@ 60 TXT "a;b" ; y',
      'm 60 MX 10 mail',
    ];
    const domain = await zone(file.join('\n'));
    const { stderr, stdout } = await load(domain, file);
    expect(stdout).toBe('');
    expect(stderr).toContain('Nothing to change.');
  });

  it('proxies new records that do not say, where that is asked for', async () => {
    const domain = await zone('old 60 A 198.51.100.1\n');
    const file = [
      'www 60 A 198.51.100.2',
      'off 60 A 198.51.100.3 ; cf_tags=cf-proxied:false',
      'old 60 A 198.51.100.4',
      '@ 60 TXT "x"',
    ];
    await load(domain, file, '--proxied');
    expect(await rows(domain)).toEqual([
      '@ 60 TXT "x"',
      'off 60 A 198.51.100.3',
      'old 60 A 198.51.100.1',
      'old 60 A 198.51.100.4',
      'www 60 A 198.51.100.2 | proxied',
    ]);
  });
});

describe('replace', () => {
  it('makes the zone the file, but for the NS of the apex', async () => {
    const domain = await zone('www 60 A 192.0.2.1 ; kept\nwww 60 A 192.0.2.2\nold 60 A 192.0.2.9\n');
    await plane.ok(`dns add ${domain} @ NS ns1.example.net. ns2.example.net. --ttl 60`);
    await plane.ok(`dns set ${domain} old A --disable`);
    const result = await load(domain, ['www 60 A 192.0.2.1', 'new 60 A 192.0.2.3'], '--mode replace -o json');
    expect(result.code).toBe(0);
    const { changes } = JSON.parse(result.stdout) as { changes: { op: string; name: string }[] };
    expect(changes.map(({ op, name }) => `${op} ${name.replace(`${domain} `, '')}`)).toEqual([
      'remove old A 192.0.2.9',
      'remove www A 192.0.2.2',
      'add new A 192.0.2.3',
    ]);
    expect(await rows(domain)).toEqual([
      '@ 60 NS ns1.example.net.',
      '@ 60 NS ns2.example.net.',
      'new 60 A 192.0.2.3',
      'www 60 A 192.0.2.1 | kept',
    ]);
  });

  it('stops where too much would go, and says what lifts that', async () => {
    const lines = Array.from({ length: 20 }, (_, n) => `h${n} 60 A 192.0.2.${n}`);
    const domain = await zone(lines.join('\n'));
    // As a file that was cut short.
    const { code, stderr } = await load(domain, lines.slice(0, 10), '--mode replace');
    expect(code).toBe(8);
    expect(stderr).toContain('10 of 20 records (50 %');
    expect(stderr).toContain('--allow mass-delete');
    expect(await rows(domain)).toHaveLength(20);
    expect((await load(domain, lines.slice(0, 15), '--mode replace')).code).toBe(0);
    expect((await load(domain, lines.slice(0, 5), '--mode replace --allow mass-delete')).code).toBe(0);
    expect(await rows(domain)).toHaveLength(5);
  });

  it('stops where too much would change', async () => {
    const lines = Array.from({ length: 20 }, (_, n) => `h${n} 60 A 192.0.2.${n}`);
    const domain = await zone(lines.join('\n'));
    const { code, stderr } = await load(
      domain,
      lines.map((line) => line.replace(' 60 ', ' 90 ')),
    );
    expect(code).toBe(8);
    expect(stderr).toContain('--allow mass-update');
  });
});

describe('exact', () => {
  it('makes the zone the file, and what a line says nothing of goes, too', async () => {
    const domain = await zone(
      'www 60 A 192.0.2.1 ; kept cf_tags=cf-proxied:true,web\nold 60 A 192.0.2.9\nmail 60 A 192.0.2.2 ; post cf_tags=a\n',
    );
    await plane.ok(`dns add ${domain} @ NS ns1.example.net. --ttl 60`);
    await load(domain, ['www 60 A 192.0.2.1', 'mail 60 A 192.0.2.2 ; other'], '--mode exact');
    expect(await rows(domain)).toEqual([
      '@ 60 NS ns1.example.net.',
      'mail 60 A 192.0.2.2 | other',
      'www 60 A 192.0.2.1',
    ]);
  });

  it('leaves nothing for --proxied to say', async () => {
    const domain = await zone('www 60 A 192.0.2.1\n');
    const { code, stderr } = await load(domain, 'www 60 A 192.0.2.1\n', '--mode exact --proxied');
    expect(code).toBe(2);
    expect(stderr).toContain('--proxied says nothing with --mode exact');
  });
});

it('refuses to be told to proxy and not to, instead of taking the last', async () => {
  const domain = await zone('www 60 A 192.0.2.1\n');
  for (const flags of ['--proxied --no-proxied', '--no-proxied --proxied']) {
    const { code, stderr } = await load(domain, 'www 60 A 192.0.2.1\n', flags);
    expect(code).toBe(2);
    expect(stderr).toContain('--proxied and --no-proxied say the opposite');
    expect((await plane.run(`dns set ${domain} www A ${flags}`)).code).toBe(2);
  }
  expect((await plane.run(`dns set ${domain} www A --enable --disable`)).code).toBe(2);
});

describe('--with-apex-ns', () => {
  const soa = (serial: number, mname = 'ns1.example.net.') =>
    `@ 1h SOA ${mname} admin.example.net. ${serial} 2h 15m 14d 5m`;
  const MOVE = '--with-apex-ns --allow apex-ns';
  const head = (serial: number) => [
    '$TTL 20m',
    soa(serial),
    '@ 1d NS ns1.example.net.',
    '@ 1d NS ns2.example.net.',
  ];

  it('takes the SOA, the NS and the default TTL, and a second time changes nothing', async () => {
    const domain = await zone();
    const file = [...head(2024010100), 'www A 192.0.2.1'];
    expect((await load(domain, file, '--with-apex-ns')).code).toBe(0);
    const { zone: stored, revision, zoneRevision } = await zoneOf(domain);
    expect(stored).toEqual({
      soa: {
        ttl: 3600,
        mname: 'ns1.example.net.',
        rname: 'admin.example.net.',
        serial: 2024010100,
        refresh: 7200,
        retry: 900,
        expire: 1209600,
        minimum: 300,
        revision: zoneRevision,
      },
      apexNs: ['ns1.example.net.', 'ns2.example.net.'],
      apexNsTtl: 86400,
      defaultTtl: 1200,
    });
    expect(revision).toBe(2);
    expect(await rows(domain)).toEqual(['www 1200 A 192.0.2.1']);
    expect((await load(domain, file, '--with-apex-ns')).stderr).toContain('Nothing to change.');
    const { stdout } = await plane.ok(`domain show ${domain}`);
    expect(stdout).toMatch(
      /^SOA +ns1\.example\.net\. admin\.example\.net\. 2024010100 7200 900 1209600 300$/m,
    );
    expect(stdout).toMatch(/^name servers +ns1\.example\.net\., ns2\.example\.net\.$/m);
  });

  it('is one set with the records, which history shows', async () => {
    const domain = await zone();
    await load(domain, [...head(7), 'www A 192.0.2.1'], '--with-apex-ns');
    const [newest] = await plane.json<{ version: number; count: number }[]>(
      'history list --limit 1 --json version,count',
    );
    expect(newest!.count).toBe(2);
    const { stdout } = await plane.ok(`history show ${newest!.version}`);
    expect(stdout).toContain(`~ domain ${domain} (acme)\n`);
    expect(stdout).toContain('zone.defaultTtl: 300 -> 1200');
    expect(stdout).toContain('1 to add, 1 to update, 0 to remove.');
  });

  it('never lets the serial go back (RFC 1982), and lets it rise with every change', async () => {
    const domain = await zone();
    await load(domain, head(4294967290), '--with-apex-ns');
    await plane.ok(`dns add ${domain} www A 192.0.2.1`);
    const serial = async () => / (\d+) 7200 /.exec((await plane.ok(`domain show ${domain}`)).stdout)![1];
    expect(await serial()).toBe('4294967291');
    // The same content with an older serial is no change.
    const again = await load(domain, head(4294967280), '--with-apex-ns');
    expect(again.stderr).toContain('Nothing to change.');
    expect(again.stderr).toContain(
      'warning: the serial goes on from 4294967291: 4294967280 in the file is older, and a serial never goes back\n',
    );
    expect((await load(domain, head(4294967291), '--with-apex-ns')).stderr).toBe('Nothing to change.\n');
    expect((await load(domain, head(1))).stderr).not.toContain('goes back');
    // Another content with an older serial has the next one.
    await load(domain, soa(4294967280, 'ns2.example.net.'), '--with-apex-ns');
    expect(await serial()).toBe('4294967292');
    // 5 comes after 4294967292 in the circle of serials.
    await load(domain, soa(5, 'ns2.example.net.'), '--with-apex-ns');
    expect(await serial()).toBe('5');
  });

  it('changes the NS records where there are such, and is stopped without --allow apex-ns', async () => {
    const domain = await zone();
    await plane.ok(`dns add ${domain} @ NS ns1.example.org. ns2.example.org. --ttl 60`);
    const file = ['@ 60 NS ns1.example.org.', '@ 60 NS ns3.example.org.'];
    const { code, stderr } = await load(domain, file, '--with-apex-ns --mode replace');
    expect(code).toBe(8);
    expect(stderr).toContain('--allow apex-ns');
    await load(domain, file, '--with-apex-ns --mode replace --allow apex-ns');
    expect(await rows(domain)).toEqual(['@ 60 NS ns1.example.org.', '@ 60 NS ns3.example.org.']);
    expect((await zoneOf(domain)).zone).toMatchObject({ apexNs: [] });
  });

  it('guards the NS that the zone names itself, and takes those of the file alone in every mode', async () => {
    const domain = await zone();
    await load(domain, head(1), '--with-apex-ns');
    const more = '@ 1d NS ns3.example.net. ; the new one\n';
    expect((await load(domain, more, '--with-apex-ns')).code).toBe(8);
    const added = await load(domain, more, '--with-apex-ns --allow apex-ns');
    expect(added.code).toBe(0);
    expect(added.stderr).toContain('the comments behind the NS of the domain itself are not kept');
    const servers = async () => (await zoneOf(domain)).zone['apexNs'];
    expect(await servers()).toEqual(['ns3.example.net.']);
    await load(domain, head(1), '--with-apex-ns --allow apex-ns --mode replace');
    expect(await servers()).toEqual(['ns1.example.net.', 'ns2.example.net.']);
  });

  it('keeps the NS with a file that has none, but for --mode exact', async () => {
    const domain = await zone();
    await load(domain, head(1), '--with-apex-ns');
    const servers = async () => (await zoneOf(domain)).zone['apexNs'];
    for (const mode of ['merge', 'replace']) {
      expect((await load(domain, 'www 60 A 192.0.2.1\n', `--with-apex-ns --mode ${mode}`)).code).toBe(0);
      expect(await servers()).toEqual(['ns1.example.net.', 'ns2.example.net.']);
    }
    expect((await load(domain, 'www 60 A 192.0.2.1\n', '--with-apex-ns --mode exact')).code).toBe(8);
    await load(domain, 'www 60 A 192.0.2.1\n', `${MOVE} --mode exact`);
    expect(await servers()).toEqual([]);
  });

  it('takes the NS of the file alone where records state them, too', async () => {
    const domain = await zone();
    await plane.ok(`dns add ${domain} @ NS ns1.example.org. ns2.example.org. --ttl 60`);
    await load(domain, ['@ 90 NS ns2.example.org.', '@ 90 NS ns3.example.org.', 'www 60 A 192.0.2.1'], MOVE);
    expect(await rows(domain)).toEqual([
      '@ 90 NS ns2.example.org.',
      '@ 90 NS ns3.example.org.',
      'www 60 A 192.0.2.1',
    ]);
  });

  it('shows the whole of a move: every name server, and the SOA field by field', async () => {
    const domain = await zone();
    const servers = (provider: string) =>
      ['ada', 'bob', 'eve'].map((name) => `@ 1d NS ${name}.ns.a-large-${provider}.example.`);
    await load(domain, [soa(7), ...servers('one')], '--with-apex-ns');
    const { stdout } = await load(domain, [soa(9, 'eve.example.'), ...servers('two')], `${MOVE} --dry-run`);
    expect(stdout.split('\n').slice(1, -2)).toEqual([
      '    zone.soa.mname: ns1.example.net. -> eve.example.',
      '    zone.soa.serial: 7 -> 9',
      ...['ada', 'bob', 'eve'].map((name) => `    zone.apexNs: - ${name}.ns.a-large-one.example.`),
      ...['ada', 'bob', 'eve'].map((name) => `    zone.apexNs: + ${name}.ns.a-large-two.example.`),
    ]);
  });

  it('refuses a SOA that is not at the apex', async () => {
    const domain = await zone();
    const { code, stderr } = await load(
      domain,
      [`sub ${soa(9).slice(2)}`, 'www 60 A 192.0.2.1'],
      '--with-apex-ns',
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^stdin:1:1: error: sub\.\S+ has a SOA, but is not the apex .* \[soa-single\]$/m);
  });

  it('finds with a second SOA no fault in the name servers, which the file has', async () => {
    const domain = await zone();
    const file = [...head(9), `sub ${soa(9).slice(2)}`];
    for (const flags of ['', '--with-apex-ns']) {
      const { code, stderr } = await load(domain, file, flags);
      expect(code).toBe(2);
      expect(stderr.match(/\[[a-z-]+\]/g)).toEqual(['[soa-single]']);
    }
  });

  it('leaves the NS that the zone names itself out of account where there are records', async () => {
    const domain = await zone();
    await load(domain, head(1), '--with-apex-ns');
    await plane.ok(`dns add ${domain} @ NS ns1.example.org. ns2.example.org. --ttl 60 --allow apex-ns`);
    const { code, stderr } = await load(domain, 'www 60 A 192.0.2.1', '--with-apex-ns');
    expect(stderr).not.toContain('ttl-differs');
    expect(code).toBe(0);
    expect((await load(domain, 'www 60 A 192.0.2.2')).code).toBe(0);
  });

  it('refuses a file with two SOAs, but takes a zone transfer, which ends as it begins', async () => {
    const domain = await zone();
    const transfer = [...head(9), 'www A 192.0.2.1'];
    expect((await load(domain, [...transfer, soa(9)], '--with-apex-ns')).code).toBe(0);
    const { code, stderr } = await load(domain, [...transfer, soa(10)], '--with-apex-ns');
    expect(code).toBe(2);
    expect(stderr).toContain('[soa-single]');
  });
});
