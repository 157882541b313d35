import { describe, expect, it } from 'vitest';
import { parseValues } from '../../src/dns/record.ts';
import { ruleOf } from './rule-of.ts';

const MOST = 65_535;

/** Values by how many octets of a text, or pairs of hex digits, they have beside what they have anyway. */
const VALUES: [type: string, beside: number, value: (length: number) => string][] = [
  ['CAA', 2 + 'issue'.length, (length) => `0 issue "${'x'.repeat(length)}"`],
  ['TLSA', 3, (length) => `3 1 1 ${'ab'.repeat(length)}`],
  ['DS', 4, (length) => `1 8 2 ${'ab'.repeat(length)}`],
  ['TYPE65280', 0, (length) => `\\# ${length} ${'ab'.repeat(length)}`],
  ['SVCB', 2 + 13 + 4, (length) => `1 example.net. key667="${'x'.repeat(length)}"`],
  [
    'HTTPS',
    2 + 1 + 6 + 12 + 4,
    (length) => `1 . port=1 ipv4hint=192.0.2.1,192.0.2.2 key667=${'x'.repeat(length)}`,
  ],
  [
    'HTTPS',
    3 + 20 + 7 + 4 + 6 + 4,
    (length) => {
      const known = 'ipv6hint=:: alpn=h2 no-default-alpn mandatory=alpn';
      return `1 . ${known} key667=${'\\009'.repeat(length)}`;
    },
  ],
];

describe('data has 65,535 octets at most', () => {
  it.each(VALUES)('in %s, with %d beside', (type, beside, value) => {
    expect(parseValues(type, [value(MOST - beside)], 'example.com')).toHaveLength(1);
    const rule = ruleOf(() => parseValues(type, [value(MOST - beside + 1)], 'example.com'));
    expect(rule).toBe(type === 'TYPE65280' ? 'rdata-length' : 'text-too-long');
  });
});
