import { describe, expect, it } from 'vitest';
import { readingRules } from '../../src/dns/reading-rules.ts';
import type { ZoneRecord } from '../../src/dns/rules.ts';
import { checkZone, dnsRules } from '../../src/dns/rules.ts';
import { ORIGIN, placeOf, zoneOf } from './zone-of.ts';

const NS = ['@ NS ns1.example.net.', '@ NS ns2.example.net.'];
const LOOKUPS = Array.from({ length: 11 }, (_, at) => `include:s${at}.example.net`).join(' ');

/** Zones and the findings on them, as `rule name type`; none where the zone is right. */
const CASES: readonly (readonly [rule: string, lines: readonly string[], findings: readonly string[]])[] = [
  ['duplicate-record', ['www A 192.0.2.1', 'www A 192.0.2.1'], ['duplicate-record www A']],
  [
    'duplicate-record',
    ['www A 192.0.2.1', 'ttl=600 www A 192.0.2.1'],
    ['duplicate-record www A', 'ttl-differs www A'],
  ],
  ['duplicate-record', ['www A 192.0.2.1', 'www A 192.0.2.2', 'a A 192.0.2.1'], []],
  ['duplicate-record', ['www TXT a', 'www TXT A'], []],
  ['ttl-differs', ['www A 192.0.2.1', 'ttl=600 www A 192.0.2.2', 'ttl=60 www TXT a'], ['ttl-differs www A']],
  [
    'flags-differ',
    ['proxied www A 198.18.0.1', 'www A 198.18.0.2', 'off w A 192.0.2.1', 'w A 192.0.2.2'],
    ['flags-differ w A', 'flags-differ www A'],
  ],
  ['cname-alone', ['www CNAME a.example.net.', 'www A 192.0.2.1'], ['cname-alone www CNAME']],
  ['cname-alone', ['www CNAME a.example.net.', 'off www A 192.0.2.1'], []],
  ['cname-single', ['www CNAME a.example.net.', 'www CNAME b.example.net.'], ['cname-single www CNAME']],
  ['cname-apex', ['@ CNAME a.example.net.'], ['cname-apex @ CNAME']],
  ['alias-alone', ['@ ALIAS a.example.net.', '@ A 192.0.2.1'], ['alias-alone @ ALIAS']],
  ['alias-alone', ['@ ALIAS a.example.net.', '@ ALIAS b.example.net.'], ['alias-alone @ ALIAS']],
  ['alias-alone', ['@ ALIAS a.example.net.', '@ TXT a'], []],
  [
    'below-delegation',
    [
      'sub NS ns.example.net.',
      'sub A 192.0.2.1',
      'x.y.sub TXT a',
      'subx A 192.0.2.1',
      'z.sub NS ns.example.net.',
    ],
    ['below-delegation sub A', 'below-delegation x.y.sub TXT', 'below-delegation z.sub NS'],
  ],
  [
    'below-delegation',
    ['sub NS ns.sub.example.com', 'ns.sub A 192.0.2.1', 'ns.sub TXT a'],
    ['below-delegation ns.sub TXT'],
  ],
  ['below-delegation', ['sub NS sub', 'sub A 192.0.2.1', 'off x.sub TXT a'], []],
  [
    'soa-single',
    [
      '@ SOA ns.example.net. a.example.net. 1 2 3 4 5',
      '@ SOA ns.example.net. a.example.net. 2 2 3 4 5',
      ...NS,
      'sub SOA ns.example.net. a.example.net. 1 2 3 4 5',
    ],
    ['soa-single @ SOA', 'soa-single sub SOA'],
  ],
  ['soa-single', ['sub SOA ns.example.net. a.example.net. 1 2 3 4 5'], ['soa-single sub SOA']],
  ['ns-missing', ['@ SOA ns.example.net. a.example.net. 1 2 3 4 5'], ['ns-missing @ SOA']],
  ['ns-missing', ['@ SOA ns.example.net. a.example.net. 1 2 3 4 5', ...NS], []],
  [
    'soa-single',
    [
      '@ SOA ns.example.net. a.example.net. 1 2 3 4 5',
      '@ SOA ns.example.net. a.example.net. 1 2 3 4 5',
      ...NS,
    ],
    ['duplicate-record @ SOA'],
  ],
  ['srv-owner', ['sip SRV 0 0 5060 sip.example.net.'], ['srv-owner sip SRV']],
  ['srv-owner', ['_sip SRV 0 0 5060 sip.example.net.'], ['srv-owner _sip SRV']],
  ['srv-owner', ['_sip._tcp SRV 0 0 0 .', '_sip._tcp.shop SRV 0 0 0 .', '*._tcp SRV 0 0 0 .'], []],
  [
    'hostname-owner',
    ['_x A 192.0.2.1', 'a_b AAAA 2001:db8::1', 'a$ MX 10 mail.example.net.', '-a A 192.0.2.1'],
    ['hostname-owner -a A', 'hostname-owner _x A', 'hostname-owner a\\$ MX', 'hostname-owner a_b AAAA'],
  ],
  [
    'hostname-owner',
    ['*.shop A 192.0.2.1', '* AAAA 2001:db8::1', '_x TXT a', '_x.y CNAME a.example.net.'],
    [],
  ],
  [
    'hostname-target',
    ['a MX 10 a_b.example.net.', 'b NS _ns.example.net.', '_s._tcp SRV 0 0 1 -x.example.net.'],
    ['hostname-target _s._tcp SRV', 'hostname-target a MX', 'hostname-target b NS'],
  ],
  ['hostname-target', ['a NS .'], ['hostname-target a NS']],
  [
    'hostname-target',
    [
      'a SVCB 1 _x.example.net.',
      'b HTTPS 1 a_b.example.net.',
      'c HTTPS 0 _x.example.net.',
      'd HTTPS 1 .',
      '_s._tcp SRV 0 0 1 a_b.example.net.',
    ],
    ['hostname-target _s._tcp SRV', 'hostname-target a SVCB', 'hostname-target b HTTPS'],
  ],
  ['hostname-target', ['a CNAME a_b.example.net.'], []],
  [
    'domain-repeated',
    ['www.example.com A 192.0.2.1', 'example.com TXT a', 'notexample.com TXT a'],
    ['domain-repeated example.com', 'domain-repeated www.example.com'],
  ],
  ['null-mx', ['m MX 0 .', 'm MX 10 mail.example.net.'], ['null-mx m MX']],
  ['null-mx', ['m MX 10 .'], ['null-mx m MX']],
  ['null-mx', ['m MX 0 .'], []],
  ['srv-null', ['_s._tcp SRV 0 0 5060 .'], ['srv-null _s._tcp SRV']],
  ['cname-loop', ['a CNAME a'], ['cname-loop a CNAME']],
  ['cname-loop', ['c CNAME a', 'a CNAME b', 'b CNAME a', 'd CNAME c'], ['cname-loop a CNAME']],
  ['cname-loop', ['* CNAME nowhere'], ['cname-loop * CNAME']],
  ['cname-loop', ['a CNAME b', 'b CNAME c', 'c A 192.0.2.1', 'd CNAME a'], []],
  ['cname-loop', ['off a CNAME b', 'b CNAME x.example.net.'], []],
  [
    'target-is-cname',
    ['c CNAME a.example.net.', 'm MX 10 c', 'n NS c', '_s._tcp SRV 0 0 1 c'],
    ['target-is-cname _s._tcp SRV', 'target-is-cname m MX', 'target-is-cname n NS'],
  ],
  ['target-is-cname', ['*.w CNAME a.example.net.', 'm MX 10 x.w.example.com.'], ['target-is-cname m MX']],
  ['glue-missing', ['sub NS ns.sub.example.com'], ['glue-missing sub NS']],
  ['glue-missing', ['sub NS ns.other.example.com', 'other NS ns.example.net.'], []],
  ['glue-missing', ['@ NS ns1', '@ NS ns2', 'ns1 A 192.0.2.1'], ['glue-missing @ NS']],
  ['glue-missing', ['sub NS ns', '* A 192.0.2.1'], []],
  ['glue-missing', ['sub NS ns.sub.example.com.', '* A 192.0.2.1'], ['glue-missing sub NS']],
  [
    'cname-target-missing',
    ['a CNAME b', 'c ALIAS d', 'x.e A 192.0.2.1', 'f CNAME e', 'g CNAME y.e.example.com.'],
    [
      'cname-target-missing a CNAME',
      'cname-target-missing c ALIAS',
      'cname-target-missing f CNAME',
      'cname-target-missing g CNAME',
    ],
  ],
  [
    'cname-target-missing',
    [
      'a CNAME b',
      'b A 192.0.2.1',
      'c CNAME x.w.example.com',
      '*.w A 192.0.2.1',
      'd CNAME y.s.example.com',
      's NS a.b.',
    ],
    [],
  ],
  ['caa-flags', ['@ CAA 1 issue "ca.example"', '@ CAA 128 issue "ca.example"'], ['caa-flags @ CAA']],
  ['proxied-type', ['proxied a TXT x', 'proxied b CNAME x.example.net.'], ['proxied-type a TXT']],
  [
    'ttl-range',
    ['ttl=59 a A 192.0.2.1', 'ttl=60 b A 192.0.2.1', 'ttl=604800 c A 192.0.2.1', 'ttl=604801 d A 192.0.2.1'],
    ['ttl-range a A', 'ttl-range d A'],
  ],
  ['ttl-range', ['ttl=1 proxied a A 198.18.0.1', 'ttl=1 b A 192.0.2.1'], ['ttl-range b A']],
  [
    'private-proxied',
    [
      'proxied a A 10.0.0.1',
      'proxied b A 127.0.0.1',
      'proxied c A 169.254.1.1',
      'proxied d A 203.0.113.1',
      'proxied e AAAA ::1',
      'proxied f AAAA fd00::1',
      'proxied g AAAA fe80::1',
      'proxied h AAAA 2001:db8::1',
      'proxied i AAAA ::ffff:10.0.0.1',
      'proxied p A 198.18.0.1',
      'proxied q AAAA 2606:4700::1',
      'r A 10.0.0.1',
    ],
    ['a A', 'b A', 'c A', 'd A', 'e AAAA', 'f AAAA', 'g AAAA', 'h AAAA', 'i AAAA'].map(
      (at) => `private-proxied ${at}`,
    ),
  ],
  [
    'digest-length',
    ['a TLSA 3 1 1 abcd', 'b SSHFP 4 2 abcd', 'c TLSA 3 1 0 abcd'],
    ['digest-length a TLSA', 'digest-length b SSHFP'],
  ],
  ['digest-length', ['s NS a.b.', 's DS 1 8 2 abcd'], ['digest-length s DS']],
  [
    'ds-without-ns',
    [
      `@ DS 1 8 1 ${'ab'.repeat(20)}`,
      `x DS 1 8 1 ${'ab'.repeat(20)}`,
      `s DS 1 8 1 ${'ab'.repeat(20)}`,
      's NS a.b.',
    ],
    ['ds-without-ns @ DS', 'ds-without-ns x DS'],
  ],
  ['ns-single', ['@ NS ns1.example.net.'], ['ns-single @ NS']],
  ['ns-single', NS, []],
  ['spf-single', ['a TXT v=spf1 -all', 'a TXT v=spf1 mx -all', 'a TXT other'], ['spf-single a TXT']],
  ['spf-single', ['@ MX 10 mail.example.net.'], ['spf-single @ TXT']],
  ['spf-single', ['@ MX 10 mail.example.net.', '@ TXT v=spf1 -all'], []],
  ['spf-lookups', [`a TXT v=spf1 ${LOOKUPS} -all`], ['spf-lookups a TXT']],
  ['spf-lookups', [`a TXT v=spf1 ${LOOKUPS.replace('include:s0.example.net ', '')} ip4:192.0.2.1 -all`], []],
  [
    'spf-lookups',
    ['a TXT v=spf1 include:b.example.com -all', 'b TXT v=spf1 include:a.example.com'],
    ['spf-lookups a TXT', 'spf-lookups b TXT'],
  ],
  [
    'spf-lookups',
    ['a TXT v=spf1 a mx:x a/24 ptr exists:x redirect=b.example.com', 'b TXT v=spf1 a mx ptr a:1 mx:2'],
    ['spf-lookups a TXT'],
  ],
  ['dmarc', ['_dmarc TXT v=DMARC1; p=none', '_dmarc TXT v=DMARC1; p=reject'], ['dmarc _dmarc TXT']],
  [
    'dmarc',
    ['_dmarc TXT v=DMARC1; sp=reject', '_dmarc.a TXT v=DMARC1;p=Reject', '_dmarc.b TXT v=DMARC1; p=x'],
    ['dmarc _dmarc TXT', 'dmarc _dmarc.b TXT'],
  ],
  ['dmarc', ['_dmarc TXT p=none', '_dmarc.a TXT x', '_dmarc.a TXT v=DMARC1; p=none'], ['dmarc _dmarc TXT']],
  ['no-mail', ['@ MX 0 .'], ['no-mail @']],
  ['no-mail', ['@ TXT v=spf1 -all'], ['no-mail @']],
  ['no-mail', ['@ MX 0 .', '@ TXT v=spf1 -all', '_dmarc TXT v=DMARC1; p=reject'], []],
  ['no-mail', ['@ MX 10 mail.example.net.', '@ TXT v=spf1 -all'], []],
];

function found(records: readonly ZoneRecord[]): string[] {
  return checkZone(records, ORIGIN).map(({ rule, name, type }) =>
    [rule, name, type].filter(Boolean).join(' '),
  );
}

describe('checkZone', () => {
  it.each(CASES)('%s: %j', (_rule, lines, findings) => {
    expect(found(zoneOf(...lines)).toSorted()).toEqual([...findings].toSorted());
    expect(found(zoneOf(...lines.toReversed()))).toEqual(found(zoneOf(...lines)));
  });

  it('has cases for every rule over a zone, one that finds it at least', () => {
    const tested = new Set(
      CASES.flatMap(([, , findings]) => findings.map((finding) => finding.split(' ')[0])),
    );
    const wanted = dnsRules.filter(({ id }) => !Object.hasOwn(readingRules, id)).map(({ id }) => id);
    expect([...tested].toSorted()).toEqual(wanted.toSorted());
  });

  it('names the record, the way out and the level of the table', () => {
    const levels = new Map(dnsRules.map(({ id, level }) => [id, level]));
    for (const [, lines] of CASES) {
      for (const finding of checkZone(zoneOf(...lines), `${ORIGIN}.`)) {
        expect(finding.level).toBe(levels.get(finding.rule));
        expect(finding.message).toContain('example.com');
        expect(finding.hint).toMatch(/[.!?]$/);
      }
    }
  });

  it('says at which line it is, and at which others', () => {
    const places: readonly (readonly [lines: readonly string[], line: number, others: readonly number[]])[] =
      [
        [['www A 192.0.2.1', 'a A 192.0.2.1', 'www A 192.0.2.1'], 3, [1]],
        [['www A 192.0.2.1', 'a A 192.0.2.1', 'ttl=600 www A 192.0.2.2'], 3, [1]],
        [['www A 192.0.2.1', 'a CNAME a.example.net.', 'a A 192.0.2.1', 'a TXT x'], 2, [3, 4]],
        [['a CNAME a.example.net.', 'a CNAME b.example.net.', 'a CNAME c.example.net.'], 2, [1, 3]],
        [['c CNAME a', 'a CNAME b', 'b CNAME a'], 2, [3]],
        [['x.sub A 192.0.2.1', 'sub NS ns.example.net.'], 1, [2]],
        [['m MX 10 c', 'c CNAME a.example.net.'], 1, [2]],
        [['@ MX 10 mail.example.net.'], 1, []],
        [['www A 192.0.2.1', 'sip SRV 0 0 1 a.b.', 'sip SRV 0 0 2 a.b.'], 2, [3]],
      ];
    for (const [lines, line, others] of places) {
      expect(checkZone(zoneOf(...lines), ORIGIN)).toMatchObject([
        { place: placeOf(line), ...(others.length === 0 ? {} : { related: others.map(placeOf) }) },
      ]);
    }
    for (const [, lines] of CASES) {
      expect(checkZone(zoneOf(...lines), ORIGIN).filter(({ place }) => place === undefined)).toEqual([]);
    }
  });

  it('names ten other lines at most, and none where records come from no file', () => {
    const many = checkZone(
      zoneOf(...Array.from({ length: 20 }, (_, at) => `ttl=1 a A 192.0.2.${at}`)),
      ORIGIN,
    );
    expect(many).toMatchObject([{ related: Array.from({ length: 10 }, (_, at) => placeOf(at + 2)) }]);
    const stored = zoneOf('a A 192.0.2.1', 'a A 192.0.2.1').map(({ place: _place, ...record }) => record);
    expect(Object.keys(checkZone(stored, ORIGIN)[0]!)).not.toEqual(expect.arrayContaining(['place']));
  });

  it('reads stored records again', () => {
    const [{ place: _, ...good }] = zoneOf('www A 192.0.2.1') as [ZoneRecord];
    const bad: readonly (readonly [Partial<ZoneRecord>, string])[] = [
      [{ data: { address: '192.0.2.256' } }, 'a-address'],
      [{ data: {} }, 'value-fields'],
      [{ name: 'a.*.b' }, 'wildcard-position'],
      [{ name: 'a b' }, 'name-characters'],
      [{ ttl: -1 }, 'ttl-invalid'],
      [{ type: 'NOPE' }, 'type-unknown'],
      [{ type: 'CNAME', data: { target: '192.0.2.1.' } }, 'target-address'],
    ];
    for (const [change, rule] of bad) {
      expect(checkZone([{ ...good, ...change }], ORIGIN)).toMatchObject([{ rule, level: 'error' }]);
    }
  });

  it('puts errors first', () => {
    const levels = checkZone(
      zoneOf('ttl=1 a A 192.0.2.1', 'b CNAME b', 'c CNAME x.example.net.', 'c A 192.0.2.1'),
      ORIGIN,
    ).map(({ level }) => level);
    expect(levels).toEqual(['error', 'strict', 'advice']);
  });

  it('takes a deep zone and a long chain of CNAMEs in linear time', () => {
    const deep = Array.from({ length: 100 }, (_, at) => 'a'.concat('.a'.repeat(at)));
    const chain = Array.from({ length: 20_000 }, (_, at) => `c${at} CNAME c${at + 1}`);
    const records = zoneOf(...deep.map((name) => `${name} A 192.0.2.1`), ...chain);
    const began = performance.now();
    expect(found(records)).toEqual(['cname-target-missing c19999 CNAME']);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('dnsRules', () => {
  it('have stable, distinct ids and a summary each', () => {
    const ids = dnsRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, summary } of dnsRules) {
      expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(summary.length).toBeGreaterThan(10);
    }
  });
});
