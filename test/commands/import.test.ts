import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import { importing } from '../helpers/importing.ts';

const plane = await controlPlane();
await plane.ok('team add Acme');
await plane.ok('team add Rival');
const { zone, load, rows, zoneOf } = importing(plane);

describe('what a file says', () => {
  // The form of https://developers.cloudflare.com/dns/manage-dns-records/how-to/import-and-export/ and of its record
  // attributes: remarks, TTL 1 as automatic, cf_tags, a heading for each part.
  it('takes an export of Cloudflare as it is', async () => {
    const domain = await zone();
    const { code, stderr } = await load(domain, [
      ';;',
      `;; Domain:     ${domain}.`,
      ';; Exported:   2026-11-24 10:00:00',
      ';;',
      '',
      ';; SOA Record',
      `${domain}\t3600\tIN\tSOA\thera.ns.cloudflare.com. dns.cloudflare.com. 2052625312 10000 2400 604800 3600`,
      '',
      ';; NS Records',
      `${domain}.\t86400\tIN\tNS\thera.ns.cloudflare.com.`,
      `${domain}.\t86400\tIN\tNS\trob.ns.cloudflare.com.`,
      '',
      ';; A Records',
      `www.${domain}.\t1\tIN\tA\t198.51.100.7 ; the front cf_tags=cf-proxied:true,web,owner:ops`,
      `api.${domain}.\t60\tIN\tA\t198.51.100.8 ; cf_tags=cf-proxied:false`,
      '',
      ';; CNAME Records',
      `go.${domain}.\t1\tIN\tCNAME\twww.${domain}. ; cf_tags=cf-proxied:true,cf-flatten-cname`,
      '',
      ';; TXT Records',
      `${domain}.\t1\tIN\tTXT\t"v=spf1 -all"`,
    ]);
    expect(stderr).toContain('cf-flatten-cname');
    expect(stderr).toContain('Left out: SOA hera.ns.cloudflare.com.');
    expect(code).toBe(0);
    expect(await rows(domain)).toEqual([
      // In these exports a TTL of 1 is automatic without cf_tags, too.
      '@ 300 TXT "v=spf1 -all"',
      'api 60 A 198.51.100.8',
      `go 300 CNAME www.${domain}. | proxied`,
      'www 300 A 198.51.100.7 | proxied | the front | owner:ops | web',
    ]);
    expect((await zoneOf(domain)).zone).toMatchObject({ soa: null, apexNs: [] });
  });

  it('is read with CRLF, a byte order mark and without a last line end', async () => {
    const domain = await zone();
    expect((await load(domain, '\ufeff$TTL 1h\r\nwww A 192.0.2.1\r\n  AAAA 2001:db8::1')).code).toBe(0);
    expect(await rows(domain)).toEqual(['www 3600 A 192.0.2.1', 'www 3600 AAAA 2001:db8::1']);
  });

  it('is read from a file too, and without a TTL takes that of the domain', async () => {
    const domain = await zone();
    await writeFile(join(plane.folder, 'small.zone'), 'www IN A 192.0.2.1 ; a remark\n');
    await plane.ok(`dns import ${domain} small.zone`);
    expect(await rows(domain)).toEqual(['www 300 A 192.0.2.1 | a remark']);
    const folder = await plane.run(`dns import ${domain} .`);
    expect(folder).toMatchObject({ code: 2, stderr: 'error: cannot read .: it is a folder\n' });
    const swapped = await plane.run(`dns import small.zone ${domain}`);
    expect(swapped.code).toBe(3);
    expect(swapped.stderr).toContain(`\n  the domain comes first: netgoat dns import ${domain} small.zone\n`);
    const missing = await plane.run(`dns import ${domain} none.zone`);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('cannot read none.zone');
  });

  it('includes other files only where that is allowed', async () => {
    const domain = await zone();
    await writeFile(join(plane.folder, 'outer.zone'), '$TTL 60\n$INCLUDE inner.zone\n');
    await writeFile(join(plane.folder, 'inner.zone'), 'www A 192.0.2.1\n');
    const refused = await plane.run(`dns import ${domain} outer.zone`);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^outer\.zone:2:10: error: .*\[include-refused\]$/m);
    await plane.ok(`dns import ${domain} outer.zone --allow-include`);
    expect(await rows(domain)).toEqual(['www 60 A 192.0.2.1']);
  });

  it('that it includes, shows nothing of where a rule is broken', async () => {
    const domain = await zone('www 60 CNAME api\n');
    await writeFile(join(plane.folder, 'outer.zone'), '$TTL 60\n$INCLUDE inner.zone\n');
    await writeFile(join(plane.folder, 'inner.zone'), 'hunter_2 A 192.0.2.1\nwww A 192.0.2.1\n');
    for (const format of ['table', 'json']) {
      const { code, stdout, stderr } = await plane.run(
        `dns import ${domain} outer.zone --allow-include --output ${format}`,
      );
      expect(code).toBe(2);
      expect(stdout + stderr).not.toMatch(/hunter|192\.0|api/);
      expect(stderr).toMatch(/inner\.zone:1:1: error: Owners of A.* \[hostname-owner\]/);
      expect(stderr).toMatch(/error: A CNAME stands alone.* \[cname-alone\]\n {2}see also inner\.zone:2:1\n/);
    }
  });

  it('has room for a comment of 1000 characters, and for tags of 100', async () => {
    const domain = await zone();
    const most = [`a 60 A 192.0.2.1 ; ${'x'.repeat(1000)}`, `b 60 A 192.0.2.1 ; cf_tags=${'x'.repeat(100)}`];
    const { stderr, code } = await load(
      domain,
      most.map((line) => `${line}x`),
    );
    expect(code).toBe(2);
    expect(stderr.match(/^stdin:\d:1: error: The (?:comment|tag) .*\[remark-invalid\]$/gm)).toHaveLength(2);
    expect((await load(domain, most)).code).toBe(0);
  });

  it('is taken without the types that are named, which are counted', async () => {
    const domain = await zone();
    const file = [
      'www 60 A 192.0.2.1',
      'www 60 RRSIG A 8 3 60 20261201000000 20261101000000 1 @ x==',
      '@ 60 TYPE46 \\# 1 00',
      '@ 60 DNSKEY 257 3 8 x==',
      '@ 60 LOC 52 N 0 E 0m',
      'api 60 LOC 52 N 0 E 0m',
    ];
    const refused = await load(domain, file, '--skip-type LOC');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Leave it out (--skip-type dnssec, for a file)');
    const { code, stderr } = await load(domain, file, '--skip-type dnssec --skip-type loc');
    expect(code).toBe(0);
    expect(stderr).toContain('Left out: 1 RRSIG, 1 TYPE46, 1 DNSKEY, 2 LOC (--skip-type)\n');
    const none = await load(domain, file.slice(0, 1), '--skip-type foo --skip-type dnssec');
    expect(none.stderr).toContain('Left out: 0 FOO, 0 DNSSEC (--skip-type)\n');
    expect(await rows(domain)).toEqual(['www 60 A 192.0.2.1']);
    const nothing = await load(domain, file.slice(1, 4), '--skip-type dnssec --mode replace');
    expect(nothing).toMatchObject({ code: 2, stdout: '' });
    expect(nothing.stderr).toContain('stdin holds no records but those that are left out');
  });

  it.each([
    ['A', 'records of type A are kept'],
    ['type28', 'records of type AAAA are kept'],
    ['SOA', 'records of type SOA are kept'],
    ['TYPE6', '"TYPE6" is not a record type'],
    ['a;b', '"A;B" is no record type'],
    ['__proto__', '"__PROTO__" is no record type'],
  ])('loses nothing that is kept: --skip-type %s', async (type, words) => {
    const domain = await zone();
    const { code, stderr } = await load(domain, 'www 60 A 192.0.2.1\n', `--skip-type ${type}`);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(await rows(domain)).toEqual([]);
  });

  it('may have the longest names there are, every octet of them escaped', async () => {
    const domain = await zone();
    const name = [61, 61, 48].map((length) => String.raw`\$`.repeat(length)).join('.');
    expect(await load(domain, `${name} 60 TXT "x"\n`)).toMatchObject({ code: 0 });
    expect(await rows(domain)).toEqual([`${name} 60 TXT "x"`]);
  });

  it('that is nothing is refused', async () => {
    const domain = await zone('www 60 A 192.0.2.1\n');
    const { code, stderr } = await load(domain, '; nothing\n', '--mode replace --allow empty-zone');
    expect(code).toBe(2);
    expect(stderr).toContain('stdin holds no records');
  });
});

describe('a bad file', () => {
  it('writes nothing, and every error is named with its place', async () => {
    const domain = await zone();
    const { code, stderr, stdout } = await load(domain, [
      '$TTL 60',
      'ok A 192.0.2.1',
      'bad A 192.0.2.256',
      'worse MX mail',
      'remark A 192.0.2.2 ; cf_tags="',
    ]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^stdin:3:7: error: .*192\.0\.2\.256.*\[a-address\]$/m);
    expect(stderr).toMatch(/^stdin:4:\d+: error: /m);
    expect(stderr).toMatch(/^stdin:5:\d+: error: .*\[remark-invalid\]$/m);
    expect(stderr).toContain('stdin has 3 errors, nothing was written');
    expect(await rows(domain)).toEqual([]);
  });

  it('shows what cannot be read and what the rules refuse at once, as a check does', async () => {
    const domain = await zone();
    const lines = ['www 60 A 192.0.2.1', 'bad 60 A 192.0.2.999', 'www 90 A 192.0.2.2', 'loop 60 CNAME loop'];
    await writeFile(join(plane.folder, 'both.zone'), lines.map((line) => `${line}\n`).join(''));
    const checked = await plane.run(`dns check ${domain} --file both.zone --json file,line,rule,level`);
    const expected = (JSON.parse(checked.stdout) as { line: number; rule: string; level: string }[])
      .filter(({ level }) => level !== 'advice')
      .map(({ line, rule }) => `${line} ${rule}`);
    expect(expected).toEqual(['2 a-address', '3 ttl-differs', '4 cname-loop']);
    const { code, stderr } = await plane.run(`dns import ${domain} both.zone`);
    expect(code).toBe(2);
    expect(
      [...stderr.matchAll(/^both\.zone:(\d+):\d+: error: .* \[(.*)\]$/gm)].map(
        ([, line, rule]) => `${line} ${rule}`,
      ),
    ).toEqual(expected);
    expect(stderr).toContain('both.zone has 3 errors, nothing was written');
    const allowed = await plane.run(`dns import ${domain} both.zone --allow cname-loop`);
    expect(allowed.stderr).toContain('both.zone has 2 errors, nothing was written');
    expect(await rows(domain)).toEqual([]);
  });

  it('has the lines of a set that differ told as a check tells them, whatever the others leave open', async () => {
    const domain = await zone();
    const said = (flag: boolean) => ` ; cf_tags=cf-proxied:${flag}`;
    const lines = ['x 60 A 198.18.0.3', `x 60 A 198.18.0.1${said(true)}`, `x 60 A 198.18.0.2${said(false)}`];
    await writeFile(join(plane.folder, 'open.zone'), lines.map((line) => `${line}\n`).join(''));
    const checked = await plane.run(`dns check ${domain} --file open.zone --json where,rule`);
    expect(JSON.parse(checked.stdout)).toEqual([{ where: 'open.zone:3:1', rule: 'flags-differ' }]);
    const { stderr } = await plane.run(`dns import ${domain} open.zone`);
    expect(stderr).toMatch(/^open\.zone:3:1: error: .* \[flags-differ\]$/m);
  });

  it('shows 50 errors and counts the others', async () => {
    const domain = await zone();
    const lines = Array.from({ length: 70 }, (_, n) => `h${n} 60 A 999.0.0.1`);
    const { stderr } = await load(domain, lines);
    expect(stderr.match(/: error: /g)).toHaveLength(50);
    expect(stderr).toMatch(/^and 20 more$/m);
    expect(stderr).toContain('stdin has 70 errors');
  });

  it('whose TTLs differ names both lines', async () => {
    const domain = await zone();
    const { code, stderr } = await load(domain, [
      'www 60 A 192.0.2.1',
      'other 60 A 192.0.2.9',
      'www 90 A 192.0.2.2',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('[ttl-differs]');
    expect(stderr).toContain('stdin:1:1');
    expect(stderr).toContain('stdin:3:1');
    expect(await rows(domain)).toEqual([]);
  });

  it('with a record twice names both lines', async () => {
    const domain = await zone('www 60 A 192.0.2.1\n');
    const { code, stderr } = await load(domain, ['www 60 A 192.0.2.1', 'www 60 IN A 192.0.2.1']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^stdin:2:1: error: .*\[duplicate-record\]$/m);
    expect(stderr).toContain('stdin:1:1');
  });

  it('that breaks a strict rule says how it is allowed', async () => {
    const domain = await zone();
    const lines = ['loop 60 CNAME loop'];
    const { code, stderr } = await load(domain, lines);
    expect(code).toBe(2);
    const [, rule] = /--allow ([a-z-]+)/.exec(stderr)!;
    expect((await load(domain, lines, `--allow ${rule}`)).code).toBe(0);
  });

  it('with advice is taken with a warning that has its line, and refused under --strict', async () => {
    const domain = await zone();
    const lines = ['www 5 A 192.0.2.1'];
    const strict = await load(domain, lines, '--strict');
    expect(strict.code).toBe(2);
    expect(strict.stderr).toMatch(/^stdin:1:1: warning: /m);
    const { code, stderr } = await load(domain, lines);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: stdin:1:1: /m);
  });

  it('with advice on several lines is warned of in their order', async () => {
    const domain = await zone();
    const { stderr } = await load(domain, ['z 5 A 192.0.2.1', 'a 60 CNAME none', 'b 5 A 192.0.2.1']);
    expect(stderr.match(/stdin:\d/g)).toEqual(['stdin:1', 'stdin:2', 'stdin:3']);
  });

  it('says each way out once', async () => {
    const domain = await zone();
    const { stderr } = await load(domain, 'loop 60 CNAME loop\n');
    expect(stderr.match(/Point one elsewhere/g)).toHaveLength(1);
    expect(stderr).toContain('nothing was written\n  If that is meant, add --allow cname-loop.\n');
  });

  it('with many errors has 50 of them in its JSON, and counts the others', async () => {
    const domain = await zone();
    const lines = Array.from({ length: 60 }, (_, n) => `h${n} 60 A 192.0.2.1`);
    const { stderr } = await load(domain, [...lines, ...lines], '--output json');
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1)!) as {
      error: { message: string; details: { findings: { place: { line: number } }[]; unlisted: number } };
    };
    expect(error.message).toContain('for 60 reasons');
    expect(error.details.unlisted).toBe(10);
    expect(error.details.findings.map(({ place }) => place.line)).toEqual(
      Array.from({ length: 50 }, (_, n) => 61 + n),
    );
    const added = await plane.run(`dns add ${domain} - --strict -o json`, {
      stdin: lines.map((line) => `${line.replace(' 60 ', ' 5 ')}\n`).join(''),
    });
    const bounded = JSON.parse(added.stderr.trimEnd().split('\n').at(-1)!) as {
      error: typeof error;
    };
    expect(bounded.error.details.findings).toHaveLength(50);
    expect(bounded.error.details.unlisted).toBe(10);
  });

  it('gives what is wrong as JSON too', async () => {
    const domain = await zone();
    const { stderr } = await load(domain, 'www A\n', '--output json');
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1)!) as {
      error: { details: { problems: unknown[] } };
    };
    expect(error.details.problems[0]).toMatchObject({ place: { file: 'stdin', line: 1 } });
  });
});

describe('an import', () => {
  it('can be tried, and bound to a revision', async () => {
    const domain = await zone('www 60 A 192.0.2.1\n');
    const dry = await load(domain, 'new 60 A 192.0.2.2\n', '--dry-run');
    expect(dry.stdout).toContain('1 to add');
    expect(await rows(domain)).toHaveLength(1);
    const { zoneRevision } = await zoneOf(domain);
    expect((await load(domain, 'new 60 A 192.0.2.2\n', `--if-revision ${zoneRevision + 1}`)).code).toBe(4);
    expect((await load(domain, 'new 60 A 192.0.2.2\n', `--if-revision ${zoneRevision}`)).code).toBe(0);
  });

  it('is kept in history by its command', async () => {
    const domain = await zone('www 60 A 192.0.2.1\n');
    const [newest] = await plane.json<{ command: string }[]>('history list --limit 1 --json command');
    expect(newest!.command).toBe(`netgoat dns import ${domain} -`);
  });

  it('reaches no further than its token', async () => {
    const domain = await zone();
    await plane.ok('user add ops@rival.example --team rival --role editor');
    const { token } = await plane.json<{ token: string }>(
      'user token create ops@rival.example --name ci --scope read --scope write --output json',
    );
    const env = { NETGOAT_TOKEN: token };
    const foreign = await plane.run(`dns import ${domain} -`, { stdin: 'www 60 A 192.0.2.1\n', env });
    expect(foreign.code).toBe(3);
    expect(await rows(domain)).toEqual([]);
  });

  it('takes 5,000 records in one set, and plans nothing for them a second time', async () => {
    const domain = await zone();
    const lines = Array.from({ length: 5_000 }, (_, n) => `h${n} 300 IN A 10.0.${n >> 8}.${n & 255}`);
    const before = await plane.json<{ version: number }[]>('history list --limit 1 --json version');
    const file = [...lines, '@ 300 SOA ns1.example.net. admin.example.net. 1 2 3 4 5'];
    expect((await load(domain, file, '--with-apex-ns -o name')).code).toBe(0);
    const [set] = await plane.json<{ version: number; count: number }[]>(
      'history list --limit 1 --json version,count',
    );
    expect(set).toMatchObject({ version: before[0]!.version + 1, count: 5_001 });
    expect(await rows(domain)).toHaveLength(5_000);
    expect((await load(domain, file, '--with-apex-ns --mode replace')).stderr).toContain(
      'Nothing to change.',
    );
    const one = await load(domain, [...lines.slice(1), 'h0 300 A 10.9.9.9'], '--mode replace -o json');
    expect((JSON.parse(one.stdout) as { changes: unknown[] }).changes).toHaveLength(2);
  });
});
