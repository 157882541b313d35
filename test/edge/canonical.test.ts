import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/edge/canonical.ts';

describe('canonicalJson', () => {
  it('gives the example of RFC 8785 3.2.4', () => {
    const example = {
      numbers: JSON.parse('[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]') as number[],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units, as the example of RFC 8785 3.2.3', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'];
    const made = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect([...made.matchAll(/"([^"]+)":0/g)].map(([, key]) => JSON.parse(`"${key}"`))).toEqual(sorted);
  });

  it.each([
    [-0, '0'],
    [5e-324, '5e-324'],
    [9007199254740992, '9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [1e21, '1e+21'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
  ])('spells the number %d as RFC 8785 appendix B: %s', (number, text) => {
    expect(canonicalJson(number)).toBe(text);
  });

  it.each([
    [Number.NaN],
    [Infinity],
    [undefined],
    [{ a: undefined }],
    [10n],
    [new Date(0)],
    [[() => 1]],
    ['\ud800'],
    [{ 'a\udc00': 1 }],
  ])('refuses what has no JSON form: %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('is the same whatever order the keys were set in, and reads back as the same value', () => {
    const reversed = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      if (Array.isArray(value)) return value.map(reversed);
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.stringify(JSON.parse(text))).toHaveLength(JSON.stringify(value).length);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});
