import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOctets, encodeString } from '../../src/dns/escapes.ts';
import {
  displayValue,
  formatValue,
  parseType,
  parseValues,
  recordTypeNames,
  valueHash,
} from '../../src/dns/record.ts';
import type { RecordData } from '../../src/dns/record-type.ts';
import { errorOf, ruleOf } from './rule-of.ts';

const ORIGIN = 'example.com';

/** The canonical values of command-line words. */
function values(type: string, ...words: string[]): string[] {
  return parseValues(type, words, ORIGIN).map((data) => formatValue(type, data));
}

/** The octets of each stored string. */
function octets(data: RecordData | undefined): Buffer[] {
  return ((data ?? {})['strings'] as string[]).map(decodeOctets);
}

describe('parseType', () => {
  it('takes any case', () => {
    expect(parseType('mx')).toBe('MX');
    for (const name of recordTypeNames) expect(parseType(name.toLowerCase())).toBe(name);
  });

  it.each([
    ['AAA', 'Did you mean'],
    ['CNMAE', 'Did you mean CNAME?'],
    ['TEXT', 'Did you mean TXT?'],
    ['SRVV', 'Did you mean SRV?'],
    ['SOA', 'export'],
    ['SPF', 'TXT'],
    ['RRSIG', '--skip-type dnssec'],
    ['WKS', '--skip-type WKS, for a file), or give its data in hex: TYPE11'],
    ['LOC', '--skip-type LOC, for a file), or give its data in hex: TYPE29'],
    ['__proto__', 'Known types: A AAAA'],
    ['', 'Did you mean A?'],
  ])('%s is refused with a hint', (text, hint) => {
    const error = errorOf(() => parseType(text));
    expect(error?.rule).toBe('type-unknown');
    expect(error?.hint).toContain(hint);
  });
});

describe('values', () => {
  it.each([
    ['A', ['192.0.2.10', '192.0.2.11'], ['192.0.2.10', '192.0.2.11']],
    ['AAAA', ['2001:DB8:0:0:1:0:0:1'], ['2001:db8::1:0:0:1']],
    ['AAAA', ['::1.2.3.4'], ['::102:304']],
    ['AAAA', ['::ffff:192.0.2.1'], ['::ffff:192.0.2.1']],
    ['AAAA', ['1:0:0:2:0:0:0:3'], ['1:0:0:2::3']],
    ['AAAA', ['::'], ['::']],
    ['CNAME', ['Host.Example.NET.'], ['host.example.net.']],
    ['CNAME', ['host'], ['host.example.com.']],
    ['CNAME', ['host.example.com'], ['host.example.com.']],
    ['CNAME', ['@'], ['example.com.']],
    ['CNAME', ['bücher.example.'], ['xn--bcher-kva.example.']],
    ['CNAME', ['_x._domainkey.example.net.'], ['_x._domainkey.example.net.']],
    ['NS', ['ns1.example.net.', 'ns2'], ['ns1.example.net.', 'ns2.example.com.']],
    ['PTR', ['host.example.com.'], ['host.example.com.']],
    ['ALIAS', ['lb.example.net.'], ['lb.example.net.']],
    ['MX', ['10 mail.example.net.'], ['10 mail.example.net.']],
    ['MX', ['10', 'mail.example.net.', '20', 'mail2'], ['10 mail.example.net.', '20 mail2.example.com.']],
    ['MX', ['10', 'a', '20 b'], ['10 a.example.com.', '20 b.example.com.']],
    ['MX', ['  10\tmail  '], ['10 mail.example.com.']],
    ['MX', ['0', '.'], ['0 .']],
    ['MX', ['0 @'], ['0 example.com.']],
    ['SRV', ['0', '0', '0', '.'], ['0 0 0 .']],
    ['SRV', ['10 60 05060 sip.example.net.'], ['10 60 5060 sip.example.net.']],
    ['CAA', ['0 issue "ca.example; policy=ev"'], ['0 issue "ca.example; policy=ev"']],
    ['CAA', ['0', 'ISSUE', 'ca.example; policy=ev'], ['0 issue "ca.example; policy=ev"']],
    ['CAA', ['0', 'issue', ';'], ['0 issue ";"']],
    ['CAA', ['128', 'issue', '"ca.example"'], ['128 issue "ca.example"']],
    ['CAA', ['1 issue ca.example'], ['1 issue "ca.example"']],
    ['HTTPS', ['1 . alpn=h2,h3 ipv4hint=192.0.2.1'], ['1 . alpn="h2,h3" ipv4hint="192.0.2.1"']],
    ['HTTPS', ['1', '.', 'port=0443', 'alpn="h2"'], ['1 . alpn="h2" port="443"']],
    // RFC 9460 D.2, figure 10: commas and backslashes within ALPN ids
    ['SVCB', ['16 foo. alpn="f\\\\\\\\oo\\\\,bar,h2"'], ['16 foo. alpn="f\\\\\\\\oo\\\\,bar,h2"']],
    ['SVCB', ['16 foo. alpn=f\\\\\\092oo\\092,bar,h2'], ['16 foo. alpn="f\\\\\\\\oo\\\\,bar,h2"']],
    // a known key by its number has its octets, as BIND writes those it does not know
    ['SVCB', ['1 . key3="\\000P" key7="/{?dns}"'], ['1 . port="80" dohpath="/{?dns}"']],
    ['HTTPS', ['0 pool.svc.example.net.'], ['0 pool.svc.example.net.']],
    [
      'SVCB',
      ['16 foo.example.org. alpn="h2" key667="hello\\210qoo" mandatory=ipv6hint,alpn ipv6hint=2001:DB8:0::1'],
      [
        '16 foo.example.org. mandatory="alpn,ipv6hint" alpn="h2" ipv6hint="2001:db8::1" key667="hello\\210qoo"',
      ],
    ],
    [
      'SVCB',
      ['1 . no-default-alpn alpn=h3 ech=AAAA dohpath=/q{?dns}'],
      ['1 . alpn="h3" no-default-alpn ech="AAAA" dohpath="/q{?dns}"'],
    ],
    ['TLSA', ['3', '1', '1', 'AB'.repeat(32)], [`3 1 1 ${'ab'.repeat(32)}`]],
    ['SSHFP', ['4 2 abcd ef01'], ['4 2 abcdef01']],
    [
      'DS',
      ['60485 5 1 2BB183AF5F22588179A53B0A 98631FAD1A292118'],
      ['60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118'],
    ],
    [
      'NAPTR',
      ['100 10 "U" "E2U+sip" "!^.*$!sip:info@example.com!" .'],
      ['100 10 "U" "E2U+sip" "!^.*$!sip:info@example.com!" .'],
    ],
    ['TYPE65280', ['\\# 4 C000 0201'], ['\\# 4 c0000201']],
    ['type65280', ['\\#', '0'], ['\\# 0']],
    ['A', ['\\# 4 C0 00 02 01'], ['192.0.2.1']],
    ['TYPE28', [`\\# 16 20010db8${'00'.repeat(11)}01`], ['2001:db8::1']],
    ['CNAME', ['\\# 1 00'], ['.']],
    ['NS', ['\\# 9 02 4E53 04 6e2e6574 00'], ['ns.n\\.et.']],
    ['MX', ['\\# 3 0001 00'], ['1 .']],
    ['MX', ['\\#', '3', '000100'], ['1 .']],
    ['SRV', ['\\# 7 000000000000 00'], ['0 0 0 .']],
    ['TXT', ['"\\#"'], ['"#"']],
    ['TXT', ['\\# 1 00'], ['"\\\\# 1 00"']],
    ['CAA', ['\\# 4 00016161'], ['0 a "a"']],
    ['DS', ['\\# 6 0001 08 02 abcd'], ['1 8 2 abcd']],
    ['DS', ['1 rsasha256 2 abcd'], ['1 8 2 abcd']],
    ['NAPTR', ['\\# 8 00000000000000 00'], ['0 0 "" "" "" .']],
    ['ALIAS', ['\\# 3 01 61 00'], ['a.']],
    [
      'HTTPS',
      [
        '\\# 59 0001 00 0000 0002 0001 0001 0006 026832 026833 0003 0002 01bb 0004 0004 c0000201 ' +
          `0006 0010 20010db8${'00'.repeat(11)}01 029b 0002 00ff`,
      ],
      [
        '1 . mandatory="alpn" alpn="h2,h3" port="443" ipv4hint="192.0.2.1" ipv6hint="2001:db8::1" key667="\\000\\255"',
      ],
    ],
    ['TYPE15', ['10 mail'], ['10 mail.example.com.']],
    ['TXT', ['v=spf1 -all'], ['"v=spf1 -all"']],
    ['TXT', ['one', 'two words'], ['"one"', '"two words"']],
    ['TXT', [''], ['""']],
    ['TXT', ['a;b "c" \\d'], ['"a;b \\"c\\" \\\\d"']],
    ['TXT', ['line\nline\r\u0000'], ['"line\\010line\\013\\000"']],
    ['TXT', ['é😀'], ['"\\195\\169\\240\\159\\152\\128"']],
    ['TXT', ['\u001b[2J\u009b\u202e'], ['"\\027[2J\\194\\155\\226\\128\\174"']],
    ['TXT', ['"one" "two"'], ['"one" "two"']],
    ['TXT', ['"a\\"b\\;\\010"'], ['"a\\"b;\\010"']],
    ['TXT', ['x'.repeat(255)], [`"${'x'.repeat(255)}"`]],
    ['TXT', ['x'.repeat(256)], [`"${'x'.repeat(255)}" "x"`]],
    ['TXT', [`"${'x'.repeat(600)}"`], [`"${'x'.repeat(255)}" "${'x'.repeat(255)}" "${'x'.repeat(90)}"`]],
  ])('%s %j is stored as %j', (type, words, expected) => {
    expect(values(type, ...words)).toEqual(expected);
  });

  it.each([
    ['A', ['192.0.2.256'], 'a-address'],
    ['A', ['192.0.2.01'], 'a-address'],
    ['A', ['0x7f.1'], 'a-address'],
    ['A', ['192.0.2'], 'a-address'],
    ['A', ['192.0.2.1.'], 'a-address'],
    ['A', ['::1'], 'a-address'],
    ['A', [''], 'value-fields'],
    ['A', ['192.0.2.1 192.0.2.2'], 'value-fields'],
    ['A', [], 'value-fields'],
    ['A', ['192.0.2.1\nwww A 192.0.2.2'], 'value-characters'],
    ['AAAA', ['127.0.0.1'], 'aaaa-address'],
    ['AAAA', ['fe80::1%eth0'], 'aaaa-address'],
    ['AAAA', ['2001:db8::1::2'], 'aaaa-address'],
    ['AAAA', ['[2001:db8::1]'], 'aaaa-address'],
    ['CNAME', ['mail.example.net'], 'target-dot'],
    ['CNAME', ['192.0.2.1'], 'target-address'],
    ['CNAME', ['fe80::1%eth0'], 'target-address'],
    ['CNAME', ['192.0.2.1.'], 'target-address'],
    ['CNAME', ['2001:db8::1'], 'target-address'],
    ['CNAME', ['127.1.'], 'target-address'],
    ['CNAME', ['a..b.'], 'label-empty'],
    ['CNAME', ['xn--a.example.'], 'idn-invalid'],
    ['CNAME', ['a b'], 'value-fields'],
    ['CNAME', ['a;b'], 'value-characters'],
    ['MX', ['10 192.0.2.1'], 'target-address'],
    ['MX', ['65536', 'mail'], 'number-range'],
    ['MX', ['-1', 'mail'], 'number-range'],
    ['MX', ['1e1', 'mail'], 'number-range'],
    ['MX', ['mail', '10'], 'number-range'],
    ['MX', ['10'], 'value-fields'],
    ['MX', ['10', 'mail', '20'], 'value-fields'],
    ['SRV', ['0', '0', '65536', 'sip'], 'number-range'],
    ['SRV', ['0', '0', '5060'], 'value-fields'],
    ['CAA', ['256', 'issue', 'ca.example'], 'number-range'],
    ['CAA', ['0', 'ca.example'], 'value-fields'],
    ['CAA', ['0', 'is-sue', 'ca.example'], 'caa-tag'],
    ['CAA', ['0 issue "ca.example'], 'quote-unclosed'],
    ['HTTPS', ['1 . nope=1'], 'service-parameter'],
    ['HTTPS', ['1 . constructor=1'], 'service-parameter'],
    ['HTTPS', ['1 . key65535=1'], 'service-parameter'],
    ['HTTPS', ['1 . key3=1'], 'service-parameter'],
    ['HTTPS', ['1 . port=65536'], 'service-parameter'],
    ['HTTPS', ['1 . port=1 port=2'], 'service-parameter'],
    ['HTTPS', ['1 . ipv4hint=192.0.2.1,'], 'service-parameter'],
    ['HTTPS', ['1 . ipv6hint=fe80::1%eth0'], 'service-parameter'],
    ['HTTPS', ['1 . mandatory=port'], 'service-parameter'],
    ['HTTPS', ['1 . mandatory=mandatory'], 'service-parameter'],
    ['HTTPS', ['1 . mandatory=port,port port=1'], 'service-parameter'],
    ['HTTPS', ['1 . no-default-alpn'], 'service-parameter'],
    ['HTTPS', ['1 . ech=*'], 'service-parameter'],
    ['HTTPS', ['1 . alpn="h2'], 'quote-unclosed'],
    ['HTTPS', ['1 . alpn="h2"port=443'], 'service-parameter'],
    ['HTTPS', ['1', '.', 'alpn="h2"port=443'], 'service-parameter'],
    ['HTTPS', ['1'], 'value-fields'],
    ['TLSA', ['3 1 1 abc'], 'hex-invalid'],
    ['TLSA', ['3 1 1'], 'value-fields'],
    ['DS', ['1 1 1 xyz1'], 'hex-invalid'],
    ['NAPTR', ['1 1 u s r'], 'value-fields'],
    ['A', ['\\# 3 c00002'], 'rdata-length'],
    ['A', ['\\# 5 c000020100'], 'rdata-length'],
    ['HTTPS', ['\\# 10 0001 00 0003 0003 01bb00'], 'rdata-length'],
    ['NS', ['\\# 2 c001'], 'rdata-length'],
    ['NS', ['\\# 2 0161'], 'rdata-length'],
    ['TYPE65280', ['c0000201'], 'rdata-length'],
    ['TYPE65280', ['\\# 3 c0000201'], 'rdata-length'],
    ['TYPE65280', ['\\# 65536 00'], 'rdata-length'],
    ['TYPE65280', ['\\# 1 zz'], 'hex-invalid'],
    ['TYPE6', ['\\# 0'], 'type-unknown'],
    ['TYPE255', ['\\# 0'], 'type-unknown'],
    ['TYPE65536', ['\\# 0'], 'type-unknown'],
    ['TXT', ['"open'], 'quote-unclosed'],
    ['TXT', ['"a\nb"'], 'quote-unclosed'],
    ['TXT', ['"a" ; comment'], 'value-characters'],
    ['TXT', ['"\\999"'], 'escape-invalid'],
    ['TXT', ['\ud800'], 'text-not-unicode'],
    ['TXT', ['"\udc00"'], 'text-not-unicode'],
    ['TXT', ['x'.repeat(66_000)], 'text-too-long'],
  ])('%s %j is refused: %s', (type, words, rule) => {
    expect(ruleOf(() => parseValues(type, words, ORIGIN))).toBe(rule);
  });

  it('says both readings of a dotted target without its dot', () => {
    const error = errorOf(() => parseValues('MX', ['10', 'mail.example.net'], ORIGIN));
    expect(error?.message).toContain('mail.example.net. or mail.example.net.example.com.');
  });

  it('keeps fields typed', () => {
    expect(parseValues('SRV', ['1', '2', '3', 'sip'], ORIGIN)).toEqual([
      { priority: 1, weight: 2, port: 3, target: 'sip.example.com.' },
    ]);
    expect(parseValues('TXT', ['a"b'], ORIGIN)).toEqual([{ strings: ['a\\"b'] }]);
    expect(parseValues('CAA', ['0', 'iodef', 'mailto:a@b.example'], ORIGIN)).toEqual([
      { flags: 0, tag: 'iodef', value: 'mailto:a@b.example' },
    ]);
  });

  it('shows a text that was split for its length as one, and reads it back', () => {
    const [data = {}] = parseValues('TXT', ['é'.repeat(200)], ORIGIN);
    expect(formatValue('TXT', data)).toContain('" "');
    const shown = displayValue('TXT', data);
    expect(shown).toBe(`"${'\\195\\169'.repeat(200)}"`);
    expect(parseValues('TXT', [shown], ORIGIN)).toEqual([data]);
    const [two = {}] = parseValues('TXT', ['"a" "b"'], ORIGIN);
    expect(displayValue('TXT', two)).toBe('"a" "b"');
    expect(displayValue('A', { address: '192.0.2.1' })).toBe('192.0.2.1');
  });

  it('hashes the canonical value', () => {
    const [a, b] = parseValues('MX', ['10 MAIL.example.net.', '010 mail.example.net.'], ORIGIN);
    expect(valueHash('MX', a ?? {})).toBe(valueHash('mx', b ?? {}));
    expect(valueHash('MX', a ?? {})).toBe(createHash('sha256').update('10 mail.example.net.').digest('hex'));
  });
});

describe('TXT bytes', () => {
  it('survive raw, exactly, as printable ASCII on one line (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (text) => {
        fc.pre(!text.startsWith('"'));
        const [data] = parseValues('TXT', [text], ORIGIN);
        expect(Buffer.concat(octets(data)).toString('utf8')).toBe(text);
        const shown = formatValue('TXT', data ?? {});
        expect(shown).toMatch(/^[\x20-\x7e]+$/);
        expect(parseValues('TXT', [shown], ORIGIN)).toEqual([data]);
      }),
    );
  });

  it('survive quoted, exactly (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 4 }), (parts) => {
        const word = parts.map((part) => `"${encodeString(part)}"`).join(' ');
        const [data] = parseValues('TXT', [word], ORIGIN);
        expect(octets(data).map((part) => [...part])).toEqual(parts.map((part) => [...part]));
        expect(formatValue('TXT', data ?? {})).toBe(word);
      }),
    );
  });
});

describe('values of every type', () => {
  it('are inert and canonical, or refused (property)', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('0', '10', 'a', '.', '"', '\\'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...recordTypeNames), fc.array(word, { maxLength: 6 }), (type, words) => {
        if (errorOf(() => parseValues(type, words, ORIGIN)) !== undefined) return;
        for (const data of parseValues(type, words, ORIGIN)) {
          const shown = formatValue(type, data);
          expect(shown).toMatch(/^[\x20-\x7e]*$/);
          expect(parseValues(type, [shown], ORIGIN)).toEqual([data]);
        }
      }),
      { numRuns: 600 },
    );
  });
});
