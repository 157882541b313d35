import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRemark, writeRemark } from '../../src/dns/master-file/remark.ts';
import { asLine } from '../../src/dns/unsafe.ts';
import { isUnsafe } from '../../src/output/sanitize.ts';
import { ruleOf } from './rule-of.ts';

/** The forms that Cloudflare documents for its exports and imports, "DNS record attributes". */
describe('the forms of Cloudflare', () => {
  it.each([
    ['cf_tags=awesome', '', ['awesome']],
    [
      String.raw`cf_tags=tag1,tag2:value2,tag3:"value,with,commas",tag4:"value with \"escaped\" quotation marks"`,
      '',
      ['tag1', 'tag2:value2', 'tag3:value,with,commas', 'tag4:value with "escaped" quotation marks'],
    ],
    ['cf_tags=my-tag-name:"",b:,c', '', ['b', 'c', 'my-tag-name']],
    ['this comment contains cf_tags= as text cf_tags=', 'this comment contains cf_tags= as text', []],
    [
      'simple example cf_tags=important,ticket:THIS-12345',
      'simple example',
      ['important', 'ticket:THIS-12345'],
    ],
  ])('%s', (text, comment, tags) => {
    expect(readRemark(text)).toEqual({ comment, tags, proxied: undefined, annotated: true, dropped: [] });
  });

  it('a comment alone says nothing of tags', () => {
    expect(readRemark('just a comment')).toMatchObject({ comment: 'just a comment', annotated: false });
    expect(readRemark('')).toMatchObject({ comment: '', annotated: false });
  });

  it('cf-proxied is no tag, and what only Cloudflare knows is told apart', () => {
    const read = readRemark('cf_tags=cf-proxied:true,web,cf-flatten-cname:true');
    expect(read).toMatchObject({ proxied: true, tags: ['web'], dropped: ['cf-flatten-cname:true'] });
    expect(readRemark('edge cf_tags=cf-proxied:false')).toMatchObject({ comment: 'edge', proxied: false });
  });

  it('are written so', () => {
    const none = { comment: '', tags: [], proxied: false };
    expect(writeRemark({ ...none, type: 'A', proxied: true })).toBe('cf_tags=cf-proxied:true');
    expect(writeRemark({ ...none, type: 'CNAME', tags: ['web'] })).toBe('cf_tags=cf-proxied:false,web');
    expect(writeRemark({ ...none, type: 'MX' })).toBe('');
    expect(writeRemark({ ...none, type: 'MX', comment: 'just a comment' })).toBe('just a comment');
    expect(writeRemark({ ...none, type: 'MX', comment: 'about cf_tags=' })).toBe('about cf_tags= cf_tags=');
    expect(writeRemark({ ...none, type: 'TXT', tags: ['a', 'b:x,y'] })).toBe('cf_tags=a,b:"x,y"');
    expect(writeRemark({ ...none, type: 'TXT', tags: ['cf-mine', 'a'] })).toBe('cf_tags=a');
  });
});

it.each([
  'cf_tags=cf-proxied:treu',
  'cf_tags=a,,b',
  'cf_tags=a,',
  'cf_tags=,',
  'cf_tags=a:"open',
  'cf_tags=a:"x"y',
  'cf_tags=na"me"',
  String.raw`cf_tags=a:"\q"`,
  String.raw`cf_tags=a:"line\nbreak"`,
  'cf_tags=:x',
])('%s is refused', (text) => {
  expect(ruleOf(() => readRemark(text))).toBe('remark-invalid');
});

const readable = fc.string({ unit: 'grapheme' }).map(asLine);
const piece = fc.oneof(
  readable,
  fc.constantFrom('cf_tags=', ';', '"', '\\', ',', ':', '=', 'cf-proxied:true'),
);
const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(' ').trim());
const tag = text.filter((word) => word !== '' && !word.startsWith('cf-'));

it('what is written is read back, whatever the comment and the tags', () => {
  const remark = fc.record({ comment: text, tags: fc.uniqueArray(tag), proxied: fc.boolean() });
  fc.assert(
    fc.property(
      remark,
      fc.constantFrom('A', 'TXT', 'ALIAS', 'TYPE731'),
      ({ comment, tags, proxied }, type) => {
        const written = writeRemark({ type, comment, tags, proxied });
        const read = readRemark(written);
        expect({ comment: read.comment, tags: read.tags }).toEqual({ comment, tags: tags.toSorted() });
        if (type.startsWith('A') || proxied) expect(read.proxied).toBe(proxied);
        expect(written).toBe(written.trim());
      },
    ),
    { numRuns: 2_000 },
  );
});

it('nothing that a terminal would not show as it is gets in or out', () => {
  const characters = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));
  for (const char of characters.filter(isUnsafe)) {
    expect(readRemark(`a${char}b`).comment).toBe('a b');
    expect(ruleOf(() => readRemark(`cf_tags=a${char}b`))).toBe('remark-invalid');
    const written = writeRemark({ type: 'A', comment: `a${char}b`, tags: [`t:${char}`], proxied: false });
    expect(isUnsafe(written)).toBe(false);
  }
  expect(readRemark('family 👨‍👩‍👧 and 𝒳').comment).toBe('family 👨‍👩‍👧 and 𝒳');
});

it('a comment of several lines stays on one', () => {
  const written = writeRemark({ type: 'MX', comment: 'one\r\ntwo\u0085three', tags: [], proxied: false });
  expect(written).toBe('one  two three');
});
