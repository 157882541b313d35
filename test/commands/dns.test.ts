import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

let plane: ControlPlane;
let domain: string;
let count = 0;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('team add Globex');
});

async function freshDomain(): Promise<void> {
  count += 1;
  domain = `zone${count}.example.com`;
  await plane.ok(`domain add ${domain} --team acme`);
}

const rows = (fields = 'name,type,value,ttl') =>
  plane.json<Record<string, unknown>[]>(`dns list ${domain} --json ${fields}`);
const values = async () => (await rows()).map(({ name, type, value }) => `${name} ${type} ${value}`);
const lines = (total: number) =>
  Array.from({ length: total }, (_, at) => `h${at} A 192.0.2.${at + 1}`).join('\n');

describe('dns add', () => {
  beforeEach(freshDomain);

  it('takes values in the order of a master file', async () => {
    await plane.ok(`dns add ${domain} www A 192.0.2.10 192.0.2.11 --ttl 5m --proxied`);
    await plane.ok(`dns add ${domain} @ MX "10 mail.example.net."`);
    await plane.ok(`dns add ${domain} @ MX 20 mail2.example.net.`);
    await plane.ok(`dns add ${domain} @ TXT "v=spf1 -all"`);
    expect(await rows()).toEqual([
      { name: '@', type: 'MX', value: '10 mail.example.net.', ttl: 300 },
      { name: '@', type: 'MX', value: '20 mail2.example.net.', ttl: 300 },
      { name: '@', type: 'TXT', value: '"v=spf1 -all"', ttl: 300 },
      { name: 'www', type: 'A', value: '192.0.2.10', ttl: 300 },
      { name: 'www', type: 'A', value: '192.0.2.11', ttl: 300 },
    ]);
  });

  it('gives a record the default TTL of its domain, and one that joins a set that of the set', async () => {
    await plane.ok(`domain set ${domain} --default-ttl 1h`);
    await plane.ok(`dns add ${domain} a A 192.0.2.1`);
    await plane.ok(`dns add ${domain} b A 192.0.2.1 --ttl 2m --proxied`);
    await plane.ok(`dns add ${domain} b A 192.0.2.2`);
    expect(await rows('name,ttl,proxied')).toEqual([
      { name: 'a', ttl: 3600, proxied: false },
      { name: 'b', ttl: 120, proxied: true },
      { name: 'b', ttl: 120, proxied: true },
    ]);
  });

  it('changes the whole set where it is given another TTL, and shows it', async () => {
    await plane.ok(`dns add ${domain} b A 192.0.2.1 --ttl 2m`);
    const { stdout } = await plane.ok(`dns add ${domain} b A 192.0.2.2 --ttl 1h`);
    expect(stdout).toContain(`~ dns ${domain} b A 192.0.2.1`);
    expect(stdout).toContain('ttl: 120 -> 3600');
    expect((await rows()).map(({ ttl }) => ttl)).toEqual([3600, 3600]);
  });

  it('stores the A-label of an international name and finds it by either spelling', async () => {
    await plane.ok(`dns add ${domain} Bücher A 192.0.2.1`);
    expect((await rows()).map(({ name }) => name)).toEqual(['xn--bcher-kva']);
    expect((await plane.ok(`dns show ${domain} bücher`)).stdout).toContain('bücher (xn--bcher-kva)');
    expect((await plane.run(`dns add ${domain} xn--bcher-kva A 192.0.2.1`)).code).toBe(4);
  });

  it('lets a strict rule be broken by its name, and says advice once, when it comes up', async () => {
    await plane.ok(`dns add ${domain} loop CNAME loop --allow cname-loop`);
    expect((await plane.ok(`dns add ${domain} www A 10.0.0.1 --proxied`)).stderr).toContain(
      `warning: www.${domain} A 10.0.0.1 is proxied, but a private address [private-proxied]`,
    );
    expect((await plane.ok(`dns add ${domain} other A 192.0.2.1`)).stderr).not.toContain('warning');
    const refused = await plane.run(`dns add ${domain} short A 192.0.2.1 --ttl 5 --strict`);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('ttl-range');
  });

  it('shows and writes nothing on a dry run', async () => {
    const { stdout } = await plane.ok(`dns add ${domain} www A 192.0.2.1 --dry-run`);
    expect(stdout).toContain(`+ dns ${domain} www A 192.0.2.1`);
    expect(await values()).toEqual([]);
  });

  it('takes the revision of the zone for --if-revision', async () => {
    await plane.ok(`dns add ${domain} www A 192.0.2.1 --if-revision 0`);
    const [row] = await rows('zoneRevision');
    expect(row).toEqual({ zoneRevision: 1 });
    const late = await plane.run(`dns add ${domain} www A 192.0.2.2 --if-revision 0`);
    expect(late.code).toBe(4);
    expect(late.stderr).toContain(`error: the zone ${domain} is at revision 1, not 0\n`);
    await plane.ok(`dns add ${domain} www A 192.0.2.2 --if-revision 1`);
  });
});

describe('dns add refuses', () => {
  beforeAll(async () => {
    await freshDomain();
    await plane.ok(`dns add ${domain} www A 192.0.2.1`);
  });

  it.each([
    ['www A 192.0.2.1', 4, 'www A 192.0.2.1 exists already'],
    [`www.DOMAIN. A 192.0.2.1`, 4, 'exists already'],
    ['new A 192.0.2.7 192.0.2.7', 4, 'given twice'],
    ['new A 192.0.2.999', 2, '192.0.2.999'],
    ['new A 192.0.2.01', 2, '192.0.2.01'],
    ['new AAA 192.0.2.1', 2, 'Did you mean'],
    ['new.example.net. A 192.0.2.1', 2, 'is not in the zone'],
    ['www CNAME shop.example.net.', 2, 'cname-alone'],
    ['@ CNAME shop.example.net.', 2, 'Use ALIAS there'],
    ['new CNAME shop.example.net', 2, 'with the dot'],
    ['new A 192.0.2.1 --ttl 5x', 2, 'ttl'],
    ['new A 192.0.2.1 --allow cname-alone', 2, 'cannot be lifted'],
    ['new A 192.0.2.1 --allow cname-loops', 2, 'cname-loop,'],
    ['loop CNAME loop', 2, '--allow cname-loop'],
    ['new MX "10 mail.example.net." --proxied', 2, '--allow proxied-type'],
    ['new A', 2, 'missing <value>'],
    ['new', 2, 'missing <type>, <value>'],
  ])('%s: exit %i', async (words, code, said) => {
    const refused = await plane.run(`dns add ${domain} ${words.replace('DOMAIN', domain)}`);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(said);
    expect(refused.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(await values()).toEqual(['www A 192.0.2.1']);
  });

  it.each([
    [
      'add DOMAIN new MX "ten mail"',
      'new MX: The preference of MX is a number from 0 to 65535',
      'number-range',
    ],
    ['add DOMAIN new..x A 192.0.2.1', '"new..x" has an empty label', 'label-empty'],
    ['add DOMAIN new AAA 192.0.2.1', '"AAA" is not a record type', 'type-unknown'],
    ['set DOMAIN www A 192.0.2', 'www A: The address of A', 'a-address'],
    ['set DOMAIN www A 192.0.2.2 --only 192.0.2', 'www A: The address of A', 'a-address'],
    ['remove DOMAIN www A 192.0.2 --yes', 'www A: The address of A', 'a-address'],
  ])('%s by a rule, which it names', async (words, said, rule) => {
    const { stderr, code } = await plane.run(`dns ${words.replace('DOMAIN', domain)} -o json`);
    expect(code).toBe(2);
    const { error } = JSON.parse(stderr) as { error: { message: string; details: unknown } };
    expect(error.message.startsWith(said)).toBe(true);
    expect(error.message.endsWith(` [${rule}]`)).toBe(true);
    expect(error.details).toEqual({ rule });
  });
});

describe('dns add -', () => {
  beforeEach(freshDomain);

  it('reads words and JSON as one set of Changes', async () => {
    const stdin = [
      '# the web',
      'www A 192.0.2.1 192.0.2.2',
      '',
      '@ TXT "v=spf1 -all" "a \\"quoted\\" text"',
      '@ MX "10 mail.example.net."',
      '@ CAA 0 issue "letsencrypt.org"',
      JSON.stringify({ name: 'api', type: 'AAAA', value: '2001:db8::1', ttl: '1h', tags: ['x'] }),
      JSON.stringify({ name: 'api', type: 'A', values: ['192.0.2.3'], ttl: 60, enabled: false }),
    ].join('\n');
    const { stderr } = await plane.ok(`dns add ${domain} - --ttl 10m --comment seed`, { stdin });
    expect(stderr).toContain('Done: version');
    expect(await values()).toEqual([
      '@ CAA 0 issue "letsencrypt.org"',
      '@ MX 10 mail.example.net.',
      '@ TXT "a \\"quoted\\" text"',
      '@ TXT "v=spf1 -all"',
      'api A 192.0.2.3',
      'api AAAA 2001:db8::1',
      'www A 192.0.2.1',
      'www A 192.0.2.2',
    ]);
    expect(await plane.json(`dns show ${domain} api --json type,ttl,enabled,tags,comment`)).toEqual([
      { type: 'A', ttl: 60, enabled: false, tags: [], comment: 'seed' },
      { type: 'AAAA', ttl: 3600, enabled: true, tags: ['x'], comment: 'seed' },
    ]);
  });

  it('takes what list prints as ndjson', async () => {
    await plane.ok(`dns add ${domain} @ TXT "a;b" --tag mail --comment why`);
    await plane.ok(`dns add ${domain} www A 192.0.2.1 --disabled`);
    const { stdout } = await plane.ok(`dns list ${domain} -o ndjson`);
    await plane.ok('domain add copy.example.com --team globex');
    await plane.ok('dns add copy.example.com -', { stdin: stdout });
    const fields = '--json name,type,value,ttl,enabled,tags,comment';
    expect(await plane.json(`dns list copy.example.com ${fields}`)).toEqual(
      await plane.json(`dns list ${domain} ${fields}`),
    );
  });

  it('reads the lines of a master file: TTL and class in either order, and remarks', async () => {
    const stdin = [
      '; a zone',
      'www 300 IN A 192.0.2.1 ; the web',
      'api IN 5m A 192.0.2.2 # the API',
      'eu in CNAME www',
      `us.${domain}. 1h A 192.0.2.3`,
      'in A 192.0.2.4',
      'dkim 300 IN TXT "v=DKIM1; " "p=abc"',
      '@ IN TXT one;word ;two',
      '@ IN MX 10 mail.example.net.',
      '@ CAA 0 issue ";"',
    ].join('\n');
    await plane.ok(`dns add ${domain} - --ttl 10m`, { stdin });
    expect((await rows()).map(({ name, type, ttl, value }) => `${name} ${ttl} ${type} ${value}`)).toEqual([
      '@ 600 CAA 0 issue ";"',
      '@ 600 MX 10 mail.example.net.',
      '@ 600 TXT "one;word"',
      'api 300 A 192.0.2.2',
      'dkim 300 TXT "v=DKIM1; " "p=abc"',
      `eu 600 CNAME www.${domain}.`,
      'in 600 A 192.0.2.4',
      'us 3600 A 192.0.2.3',
      'www 300 A 192.0.2.1',
    ]);
  });

  it.each([
    ['@ TXT v=spf1 -all\n', 2, 'line 1: a text with blanks stands in double quotes\n  for example: @ TXT "'],
    ['@ TXT "v=spf1" -all\n', 2, 'line 1: a text with blanks'],
    ['@ TXT "v=spf1 -all\n', 2, 'line 1: a text with blanks'],
    ['www CH A 192.0.2.1\n', 2, 'line 1: the class CH is not served'],
    ['www 300 300 A 192.0.2.1\n', 2, 'line 1: "300" is not a record type'],
    ['$TTL 300\nwww A 192.0.2.1\n', 2, 'line 1: $TTL is a directive'],
    ['www A 192.0.2.1\n\tIN A 192.0.2.2\n', 2, 'line 2: the record has no name'],
    ['www A 192.0.2.1\n  300 IN A 192.0.2.2\n', 2, 'line 2: the record has no name'],
    ['www 99999999999 A 192.0.2.1\n', 2, 'line 1: ttl: '],
    ['', 2, 'stdin holds no records'],
    ['www A 192.0.2.1\nbad A 192.0.2\n', 2, 'line 2:'],
    ['{"name": "www", "type": "A", "address": "192.0.2.1"}', 2, 'line 1:'],
    ['{"name": "www", "type": "A"', 2, 'line 1:'],
    ['www A\n', 2, 'line 1: value: a value is needed'],
    ['\n# nothing\n', 2, 'stdin holds no records'],
    ['www A 192.0.2.1\nwww CNAME a.example.net.\n', 2, 'cname-alone'],
    ['www A 192.0.2.1\nWWW A 192.0.2.1\n', 4, 'line 2: the record www A 192.0.2.1 is on line 1 already'],
  ])('writes nothing of %j', async (stdin, code, said) => {
    const refused = await plane.run(`dns add ${domain} -`, { stdin });
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(said);
    expect(await values()).toEqual([]);
  });
});

describe('dns set', () => {
  beforeEach(freshDomain);

  it('makes a set exactly these values, keeping the documents of those that stay', async () => {
    await plane.ok(`dns add ${domain} www A 192.0.2.1 192.0.2.2 --ttl 1h --comment web --tag x`);
    const [, kept] = await rows('id,value');
    const { stdout } = await plane.ok(`dns set ${domain} www A 192.0.2.2 192.0.2.3`);
    expect(stdout).toContain('1 to add, 0 to update, 1 to remove.');
    const after = await rows('id,value,ttl,comment,tags');
    expect(after).toMatchObject([
      { id: kept!['id'], value: '192.0.2.2' },
      { value: '192.0.2.3', ttl: 3600, comment: 'web', tags: ['x'] },
    ]);
    expect((await plane.ok(`dns set ${domain} www A 192.0.2.2 192.0.2.3`)).stderr).toContain(
      'Nothing to change',
    );
  });

  it('makes a set that is not there', async () => {
    await plane.ok(`dns set ${domain} www A 192.0.2.1 --proxied`);
    expect(await rows('value,proxied')).toEqual([{ value: '192.0.2.1', proxied: true }]);
  });

  it('changes only options where no values are given', async () => {
    await plane.ok(`dns add ${domain} www A 192.0.2.1 192.0.2.2 --proxied --tag x --comment c`);
    await plane.ok(`dns set ${domain} www A --ttl 10m --no-proxied --disable --no-tags --comment ""`);
    const changed = { ttl: 600, proxied: false, enabled: false, tags: [], comment: '' };
    expect(await rows('ttl,proxied,enabled,tags,comment')).toEqual([changed, changed]);
    await plane.ok(`dns set ${domain} www A --enable`);
    expect(await rows('enabled')).toEqual([{ enabled: true }, { enabled: true }]);
    expect((await plane.run(`dns set ${domain} www A`)).code).toBe(2);
    expect((await plane.run(`dns set ${domain} ww A --ttl 1h`)).code).toBe(3);
  });
});

describe('dns remove', () => {
  beforeEach(async () => {
    await freshDomain();
    const stdin = 'www A 192.0.2.1 192.0.2.2\nwww TXT hello\n@ NS ns1.example.net. ns2.example.net.\n';
    await plane.ok(`dns add ${domain} -`, { stdin });
  });

  it('removes values, then a type, then a name', async () => {
    await plane.ok(`dns remove ${domain} www A 192.0.2.2 --yes`);
    expect(await values()).toContain('www A 192.0.2.1');
    await plane.ok(`dns remove ${domain} www A --yes`);
    expect(await values()).toContain('www TXT "hello"');
    await plane.ok(`dns remove ${domain} www --yes`);
    expect(await values()).toEqual(['@ NS ns1.example.net.', '@ NS ns2.example.net.']);
  });

  it('wants --yes where nobody can be asked, and refuses what is not there', async () => {
    expect((await plane.run(`dns remove ${domain} www`)).code).toBe(2);
    expect((await plane.run(`dns remove ${domain} www A 192.0.2.9 --yes`)).stderr).toContain(
      'no record "www A 192.0.2.9"',
    );
    expect((await plane.run(`dns remove ${domain} ww --yes`)).stderr).toContain('did you mean "www"?');
    expect(await values()).toHaveLength(5);
  });

  it('guards the NS of the apex, the last record, and many at once', async () => {
    const refused = async (command: string, limit: string) => {
      const { code, stderr } = await plane.run(command);
      expect(stderr).toContain(`--allow ${limit}`);
      expect(code).toBe(8);
    };
    await refused(`dns remove ${domain} @ NS ns1.example.net. --yes`, 'apex-ns');
    await refused(`dns add ${domain} @ NS ns3.example.net.`, 'apex-ns');
    await refused(`dns set ${domain} @ NS --ttl 1h`, 'apex-ns');
    await plane.ok(`dns remove ${domain} @ --yes --allow apex-ns`);
    await plane.ok(`dns remove ${domain} www A --yes`);
    await refused(`dns remove ${domain} www --yes`, 'empty-zone');
    await plane.ok(`dns remove ${domain} www --yes --allow empty-zone`);

    await plane.ok(`dns add ${domain} -`, {
      stdin: `${lines(6)}\nx A 192.0.2.50 192.0.2.51 192.0.2.52 192.0.2.53`,
    });
    await refused(`dns remove ${domain} x --yes`, 'mass-delete');
    expect((await plane.run(`dns remove ${domain} x --yes`)).stderr).toContain('4 of 10 records (40 %');
    await refused(`dns set ${domain} x A --ttl 1h`, 'mass-update');
    await refused(`dns set ${domain} x A 192.0.2.60 192.0.2.61 192.0.2.62 192.0.2.63`, 'mass-update');
    await plane.ok(`dns remove ${domain} x A 192.0.2.50 192.0.2.51 192.0.2.52 --yes`);
    expect(await values()).toHaveLength(7);
  });
});

describe('records that somebody edited in the database', () => {
  it("are listed, stand in nobody's way, and can be removed", async () => {
    await freshDomain();
    await plane.ok(`dns add ${domain} -`, { stdin: 'a A 192.0.2.1\nb TXT hello\nc A 192.0.2.3' });
    const store = await openStore(parseTarget(plane.database, {}));
    await store.models.DNSRecord.collection.updateMany({ name: 'a' }, { $set: { type: 'BOGUS' } });
    await store.models.DNSRecord.collection.updateMany({ name: 'b' }, { $set: { value: { text: 'x' } } });
    await store.close();
    expect((await plane.ok(`dns list ${domain}`)).stdout).toMatch(/BOGUS .*\{"address":"192.0.2.1"\}/);
    await plane.ok(`dns add ${domain} d A 192.0.2.4`);
    await plane.ok(`dns remove ${domain} a --yes`);
    await plane.ok(`dns remove ${domain} b TXT --yes`);
    expect(await values()).toEqual(['c A 192.0.2.3', 'd A 192.0.2.4']);
  });
});

describe('writers of one zone at once', () => {
  beforeEach(freshDomain);

  it('never both win where their records exclude each other', async () => {
    const results = await Promise.all([
      plane.run(`dns add ${domain} www A 192.0.2.1`),
      plane.run(`dns add ${domain} www CNAME a.example.net.`),
    ]);
    expect(results.map(({ code }) => code).toSorted()).not.toEqual([0, 0]);
    expect(await values()).toHaveLength(1);
  });
});
