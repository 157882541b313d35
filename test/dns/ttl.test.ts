import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTtl, parseTtl } from '../../src/dns/ttl.ts';
import { ruleOf } from './rule-of.ts';

describe('parseTtl', () => {
  it.each([
    ['300', 300],
    [300, 300],
    ['0', 0],
    ['5m', 300],
    ['1h30m', 5400],
    ['1H30M', 5400],
    ['1w2d3h4m5s', 788_645],
    ['2147483647', 2_147_483_647],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseTtl(text)).toBe(seconds);
  });

  it.each([
    '',
    '-1',
    -1,
    '2147483648',
    2 ** 31,
    '1.5',
    1.5,
    '1y',
    '1h30',
    'h',
    '5 m',
    '+5',
    '1e3',
    '0x10',
    Number.NaN,
    Infinity,
    '4000w',
    '9'.repeat(400),
  ])('%j is refused', (text) => {
    expect(ruleOf(() => parseTtl(text))).toBe('ttl-invalid');
  });
});

describe('formatTtl', () => {
  it.each([
    [0, '0'],
    [1, '1s'],
    [300, '5m'],
    [5400, '1h30m'],
    [604_800, '1w'],
  ])('%i is %s', (seconds, text) => {
    expect(formatTtl(seconds)).toBe(text);
  });

  it('reads back as it was (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seconds) => {
        expect(parseTtl(formatTtl(seconds))).toBe(seconds);
      }),
    );
  });
});
