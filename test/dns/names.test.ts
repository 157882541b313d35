import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absoluteName,
  displayName,
  ownerName,
  relativeName,
  resolveName,
  toHostname,
  toUnicode,
} from '../../src/dns/names.ts';
import { errorOf, ruleOf } from './rule-of.ts';

const L63 = 'a'.repeat(63);
/** 3 labels of 63, one of 61: 253 characters. */
const N253 = `${L63}.${L63}.${L63}.${'b'.repeat(61)}`;

describe('toHostname', () => {
  it.each([
    ['Shop.Example.COM', 'shop.example.com'],
    ['shop.example.com.', 'shop.example.com'],
    ['localhost', 'localhost'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['faß.de', 'xn--fa-hia.de'],
    ['раypal.com', 'xn--ypal-43d9g.com'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['אב.example', 'xn--4dbc.example'],
    ['r3---sn.example.com', 'r3---sn.example.com'],
    ['1.2.0.192.in-addr.arpa', '1.2.0.192.in-addr.arpa'],
    [`${L63}.example`, `${L63}.example`],
    [N253, N253],
  ])('%s is stored as %s', (input, expected) => {
    expect(toHostname(input)).toBe(expected);
  });

  it.each([
    ['', 'label-empty'],
    ['.', 'label-empty'],
    ['a..b', 'label-empty'],
    ['.example.com', 'label-empty'],
    ['example.com..', 'label-empty'],
    [`${L63}a.example`, 'label-too-long'],
    [`a${N253}`.replace('aa', 'a.a'), 'name-too-long'],
    ['x'.repeat(5000), 'name-too-long'],
    [`${'ü'.repeat(60)}.example`, 'label-too-long'],
    ['xn--a.example', 'idn-invalid'],
    ['xn--u-ccb.example', 'idn-invalid'],
    ['ab--ü.example', 'idn-invalid'],
    ['ex\u00adample.com', 'idn-invalid'],
    ['exa\u200bmple.com', 'idn-invalid'],
    ['exa\u202emple.com', 'idn-invalid'],
    ['bü\u2028cher.de', 'hostname-characters'],
    ['a／b.com', 'idn-invalid'],
    ['1a.אב.example', 'idn-invalid'],
    ['a\ud800.example', 'text-not-unicode'],
    ['ex%61mple.com', 'hostname-characters'],
    ['https://example.com/', 'hostname-characters'],
    ['example.com:443', 'hostname-characters'],
    ['exam ple.com', 'hostname-characters'],
    ['example.com\n', 'hostname-characters'],
    ['exa\u001b[2Jmple.com', 'hostname-characters'],
    ['a\\.b.com', 'hostname-characters'],
    ['-a.example', 'hostname-characters'],
    ['a-.example', 'hostname-characters'],
    ['_dmarc.example.com', 'hostname-characters'],
    ['*', 'hostname-characters'],
    ['*.example.com', 'hostname-characters'],
    ['0x7f.1', 'hostname-address'],
    ['0x7f.0x1', 'hostname-address'],
    ['127.1', 'hostname-address'],
    ['192.0.2.1', 'hostname-address'],
    ['192.0.2.1.', 'hostname-address'],
    ['１９２.0.2.1', 'hostname-address'],
    ['2001:db8::1', 'hostname-address'],
    ['[2001:db8::1]', 'hostname-address'],
  ])('%j is refused: %s', (input, rule) => {
    expect(ruleOf(() => toHostname(input))).toBe(rule);
  });

  it('quotes hostile input inertly', () => {
    for (const input of ['a\u001b[2J\u009b\u202e\r.com', `${'\u001b'.repeat(300)}`]) {
      const error = errorOf(() => toHostname(input));
      expect(error?.message).toMatch(/^[\x20-\x7e…]+$/);
      expect(error?.hint).toBeDefined();
    }
  });
});

describe('display', () => {
  it('shows the A-label beside an international name', () => {
    expect(displayName('xn--ypal-43d9g.com')).toBe('раypal.com (xn--ypal-43d9g.com)');
    expect(displayName('example.com')).toBe('example.com');
    expect(toUnicode('xn--bcher-kva.example')).toBe('bücher.example');
    expect(toUnicode('_dmarc.xn--bcher-kva.example')).toBe('_dmarc.bücher.example');
    expect(toUnicode('xn--a.example')).toBe('xn--a.example');
  });
});

describe('ownerName', () => {
  it.each([
    ['@', '@'],
    ['example.com', '@'],
    ['EXAMPLE.com.', '@'],
    ['www', 'www'],
    ['WWW', 'www'],
    ['www.example.com', 'www'],
    ['www.example.com.', 'www'],
    ['www.example.com.example.com.', 'www.example.com'],
    ['notexample.com', 'notexample.com'],
    ['*', '*'],
    ['*.example.com.', '*'],
    ['*.shop', '*.shop'],
    ['_dmarc', '_dmarc'],
    ['_dmarc.bücher', '_dmarc.xn--bcher-kva'],
    ['*.אב', '*.xn--4dbc'],
    ['0/25', '0/25'],
    ['a\\.b', 'a\\.b'],
    ['\\065b', 'ab'],
    ['a$b', 'a\\$b'],
  ])('%s is stored as %s', (input, expected) => {
    expect(ownerName(input, 'example.com')).toBe(expected);
    expect(ownerName(input, 'example.com.')).toBe(expected);
  });

  it.each([
    ['', 'label-empty'],
    ['a..b', 'label-empty'],
    ['.', 'name-outside-zone'],
    ['www.example.net.', 'name-outside-zone'],
    ['com.', 'name-outside-zone'],
    ['notexample.com.', 'name-outside-zone'],
    ['a.*.b', 'wildcard-position'],
    ['a*', 'wildcard-position'],
    ['**', 'wildcard-position'],
    ['w ww', 'name-characters'],
    ['w\\032ww', 'name-characters'],
    ['w\tww', 'name-characters'],
    ['w\nww', 'name-characters'],
    ['w\u007fww', 'name-characters'],
    ['\\155', 'name-characters'],
    ['ex%61mple', 'name-characters'],
    ['a\u0000', 'name-characters'],
    ['a\u009b', 'idn-invalid'],
    ['a\\', 'escape-invalid'],
    ['a\\256', 'escape-invalid'],
    ['a\\25', 'escape-invalid'],
    ['192.0.2.1', 'hostname-address'],
    ['2001:db8::1', 'hostname-address'],
    ['xn--a', 'idn-invalid'],
    [`${L63}a`, 'label-too-long'],
    [`${L63}.${L63}.${L63}.${'b'.repeat(50)}`, 'name-too-long'],
  ])('%j is refused: %s', (input, rule) => {
    expect(ruleOf(() => ownerName(input, 'example.com'))).toBe(rule);
  });

  it('counts the zone into the 253 characters', () => {
    const relative = `${L63}.${L63}.${L63}.${'b'.repeat(49)}`;
    expect(absoluteName(ownerName(relative, 'example.com'), 'example.com')).toHaveLength(254);
  });

  it('takes an address-like owner in a reverse zone', () => {
    expect(ownerName('1', '2.0.192.in-addr.arpa')).toBe('1');
    expect(ownerName('1.2.0.192', 'in-addr.arpa')).toBe('1.2.0.192');
  });
});

describe('absolute and relative names', () => {
  it('makes a stored name full', () => {
    expect(absoluteName('www', 'example.com')).toBe('www.example.com.');
    expect(absoluteName('@', 'example.com.')).toBe('example.com.');
    expect(absoluteName('com', '.')).toBe('com.');
    expect(relativeName('www.example.com.', 'example.com')).toBe('www');
    expect(relativeName('notexample.com.', 'example.com')).toBeUndefined();
  });

  it('reads a name as a master file means it', () => {
    expect(resolveName('www.example.com', 'example.com')).toBe('www.example.com.example.com.');
    expect(resolveName('Mail', 'example.com')).toBe('mail.example.com.');
    expect(resolveName('@', 'example.com')).toBe('example.com.');
    expect(resolveName('.', 'example.com')).toBe('.');
  });

  const label = fc.stringMatching(/^[a-z0-9_][a-z0-9_-]{0,14}$/).filter((text) => !text.startsWith('xn--'));
  it('is one record by every spelling (property)', () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 5 }), label, (labels, zone) => {
        const origin = `${zone}.example`;
        const name = labels.join('.');
        const stored = ownerName(`${name}.${origin}.`, origin);
        expect(stored).toBe(name);
        expect(ownerName(absoluteName(stored, origin), origin)).toBe(stored);
        expect(ownerName(`${name.toUpperCase()}.${origin}`, origin)).toBe(stored);
      }),
    );
  });

  it('keeps any owner that it accepts (property)', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ maxLength: 20 })),
        (input) => {
          if (errorOf(() => ownerName(input, 'example.com')) !== undefined) return;
          const stored = ownerName(input, 'example.com');
          expect(stored).toMatch(/^[\x21-\x7e]+$/);
          expect(ownerName(absoluteName(stored, 'example.com'), 'example.com')).toBe(stored);
        },
      ),
      { numRuns: 500 },
    );
  });
});
