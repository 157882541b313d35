import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeForJson, inert, isUnsafe } from '../../src/output/sanitize.ts';
import { HOSTILE } from './fixtures.ts';

describe('inert', () => {
  it.each([
    ['\u001b[2J', '\\x1b[2J'],
    ['\u0000\u0008\u007f\u0085\u009b', '\\x00\\x08\\x7f\\x85\\x9b'],
    ['one\r\ntwo\tthree', 'one\\r\\ntwo\\tthree'],
    ['\u202eabc\u202c\u2066d\u2069', '\\u202eabc\\u202c\\u2066d\\u2069'],
    ['x\ud800y\udc00', 'x\\ud800y\\udc00'],
    ['\u2028\u2029', '\\u2028\\u2029'],
  ])('shows %j as escapes', (text, shown) => expect(inert(text)).toBe(shown));

  it.each(['plain', 'Bücher.example', '例え', 'family 👨‍👩‍👧 and 𝒳', 'back\\slash "q"'])(
    'leaves %s alone',
    (text) => expect(inert(text)).toBe(text),
  );

  it('leaves nothing unsafe of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(isUnsafe(inert(text))).toBe(false);
        expect(inert(inert(text))).toBe(inert(text));
      }),
    );
  });
});

describe('escapeForJson', () => {
  it('keeps what the JSON says', () => {
    const value = { [HOSTILE]: HOSTILE };
    const escaped = escapeForJson(JSON.stringify(value, null, 2));
    expect(JSON.parse(escaped)).toEqual(value);
    expect(escaped).toContain('\\u001b');
    expect(escaped).toContain('\\u202e');
    expect(escaped).toContain('\\u007f');
    expect(isUnsafe(escaped.replaceAll('\n', ''))).toBe(false);
  });
});
