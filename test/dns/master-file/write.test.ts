import { expect, it } from 'vitest';
import type { StoredRecord } from '../../../src/dns/master-file/write.ts';
import { recordType, recordTypeNames } from '../../../src/dns/record.ts';
import { tokenize } from '../../../src/dns/tokens.ts';
import { masterFileOf } from '../../helpers/master-file.ts';
import { checkzone, hasCheckzone } from '../../helpers/named-checkzone.ts';

const ORIGIN = 'example.com';

const soa = {
  ttl: 3600,
  data: {
    mname: 'ns1.example.net.',
    rname: String.raw`john\.doe.example.net.`,
    serial: 4294967295,
    refresh: 3600,
    retry: 900,
    expire: 604800,
    minimum: 300,
  },
};

function file(records: readonly StoredRecord[], style = { absolute: false, aliasByName: false }): string {
  return masterFileOf({ origin: ORIGIN, defaultTtl: 300, soa, records }, style);
}

function record(name: string, type: string, data: object, more: Partial<StoredRecord> = {}): StoredRecord {
  const stored = {
    name,
    type,
    data: { ...data },
    ttl: 300,
    proxied: false,
    enabled: true,
    comment: '',
    tags: [],
  };
  return { ...stored, ...more };
}

const zone = [
  record('@', 'A', { address: '192.0.2.1' }, { proxied: true, comment: 'the shop' }),
  record('@', 'ALIAS', { target: 'lb.example.net.' }, { enabled: false }),
  record('@', 'NS', { target: 'ns1.example.net.' }, { ttl: 86400 }),
  record('*.eu', 'CNAME', { target: 'example.com.' }, { ttl: 1, tags: ['web', 'owner:Doe, Jane'] }),
  record('mail', 'MX', { preference: 10, exchange: 'mx.example.net.' }),
  record('www', 'A', { address: '192.0.2.2' }, { enabled: false, ttl: 60 }),
];

it('writes the zone in canonical form, relative to it', () => {
  expect(file(zone)).toBe(
    [
      '$ORIGIN example.com.',
      '$TTL 300',
      String.raw`@	3600	IN	SOA	ns1.example.net. john\.doe.example.net. 4294967295 3600 900 604800 300`,
      '@	86400	IN	NS	ns1.example.net.',
      '@		IN	A	192.0.2.1 ; the shop cf_tags=cf-proxied:true',
      '; netgoat-disabled: @		IN	TYPE65401	\\# 16 026c62076578616d706c65036e657400 ; cf_tags=cf-proxied:false',
      '*.eu	1s	IN	CNAME	example.com. ; cf_tags=cf-proxied:false,web,owner:"Doe, Jane"',
      'mail		IN	MX	10 mx.example.net.',
      '; netgoat-disabled: www	60	IN	A	192.0.2.2 ; cf_tags=cf-proxied:false',
      '',
    ].join('\n'),
  );
});

it('writes names in full, or ALIAS by its name', () => {
  const absolute = file(zone, { absolute: true, aliasByName: false });
  expect(absolute).not.toContain('$ORIGIN');
  expect(absolute).toContain('\nexample.com.	86400	IN	NS');
  expect(absolute).toContain('\n*.eu.example.com.	1s	IN	CNAME');
  expect(absolute).toContain('; netgoat-disabled: www.example.com.	60');
  expect(file(zone, { absolute: false, aliasByName: true })).toContain('ALIAS	lb.example.net.');
});

const octets = (from: number) =>
  Array.from({ length: 128 }, (_, at) => `\\${String(from + at).padStart(3, '0')}`);

/** Values that are hard to write, of each type; those that BIND itself refuses are left out. */
const HOSTILE: Record<string, string[]> = {
  A: ['192.0.2.1'],
  AAAA: ['::', '::ffff:192.0.2.1', '2001:db8::1'],
  CNAME: [String.raw`a\.b.\000\255\ \;\"\(\)\@\$\\.example.net.`],
  NS: ['ns.example.net.'],
  PTR: [String.raw`\@.example.net.`],
  ALIAS: ['.', String.raw`\000\.x.example.net.`, 'example.com.'],
  MX: ['0 mx.example.net.', '65535 mail.example.net.'],
  SRV: ['0 0 0 .', '65535 65535 65535 sip.example.net.'],
  TXT: [
    '""',
    String.raw`"\"" "\\" ";" "( )" "\000" "line\010break" "tab\009" "café"`,
    String.raw`"a\\" "\\;not a comment" "$TTL 1" "@"`,
    `"${octets(0).join('')}" "${octets(128).join('')}"`,
    `"${'x'.repeat(255)}" "${'\\255'.repeat(255)}"`,
  ],
  CAA: ['0 issue ";"', String.raw`128 iodef "mailto:\"a;b\"@example.com\000\255"`],
  HTTPS: ['0 www.example.net.', String.raw`1 . alpn="h2,h3" port=443 ipv4hint=192.0.2.1,192.0.2.2 ech=AAA=`],
  SVCB: [String.raw`16 x.example.net. alpn="a\\,b,c" key65000="\000 \";\\ \255" ipv6hint=2001:db8::1`],
  TLSA: [`3 1 1 ${'ab'.repeat(32)}`],
  SSHFP: [`4 2 ${'cd'.repeat(32)}`],
  DS: [`65535 13 2 ${'ef'.repeat(32)}`],
  NAPTR: [String.raw`10 100 "U" "E2U+sip" "!^(.*)$!sip:\"\\1;x\"@example.com!" .`],
  TYPE731: ['\\# 0', '\\# 3 00ff0a'],
  TYPE65534: [`\\# 300 ${'00'.repeat(300)}`],
};

function hostileZone(): StoredRecord[] {
  const names = (type: string) => (type === 'SRV' ? '_sip._tcp' : type === 'DS' ? 'sub' : type.toLowerCase());
  const records = Object.entries(HOSTILE).flatMap(([name, values]) =>
    values.map((value) => {
      const type = recordType(name);
      const data = type.read(tokenize(value, type.pairs), { origin: ORIGIN, source: 'file' });
      return record(names(name), name, data, {
        comment: '"; ( \\',
        tags: ['a:"b,c"'],
        proxied: name === 'A',
      });
    }),
  );
  return [
    record('@', 'NS', { target: 'ns.example.net.' }),
    ...records,
    record('sub', 'NS', { target: 'ns.example.net.' }, { ttl: 0 }),
    record(String.raw`\$ttl.\@.a\;b\"`, 'TXT', { strings: ['owner'] }, { ttl: 2 ** 31 - 1 }),
    record('*', 'TXT', { strings: ['all'] }, { ttl: 1, enabled: false }),
    record('*', 'AAAA', { address: '::1' }, { ttl: 1 }),
  ];
}

it('there are hostile values of every type', () => {
  expect(Object.keys(HOSTILE)).toEqual(expect.arrayContaining([...recordTypeNames]));
});

it.skipIf(!hasCheckzone).each([false, true])('named-checkzone takes it (absolute: %s)', (absolute) => {
  const records = checkzone(ORIGIN, file(hostileZone(), { absolute, aliasByName: false }));
  // The SOA is one more, what is disabled one less.
  expect(records).toHaveLength(hostileZone().length);
  const texts = String.raw`"\"" "\\" ";" "( )" "\000" "line\010break" "tab\009" "caf\195\169"`;
  expect(records.join('\n')).toContain(texts);
});
