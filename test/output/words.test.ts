import { describe, expect, it } from 'vitest';
import { redactText, redactUri } from '../../src/output/redact.ts';
import { nearest } from '../../src/output/suggest.ts';

describe('nearest', () => {
  const nouns = ['team', 'user', 'domain', 'dns', 'proxy', 'alert', 'incident', 'analytics'];
  it.each<[string, string | undefined]>([
    ['doamin', 'domain'],
    ['domains', 'domain'],
    ['DNS', 'dns'],
    ['inicdnet', 'incident'],
    ['prxy', 'proxy'],
    ['zone', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%s -> %s', (word, meant) => expect(nearest(word, nouns)).toBe(meant));

  it('allows a third of a long word', () => {
    expect(nearest('shop.exmpel.con', ['shop.example.com'])).toBe('shop.example.com');
  });

  it.each<[string, string, string | undefined]>([
    ['nosuch.example.com', 't2.example.com', undefined],
    ['www.example.com', 'web.example.com', undefined],
    ['shp.example.com', 'shop.example.com', 'shop.example.com'],
    ['example.com', 'w.example.com', undefined],
    ['w.example.com', 'example.com', undefined],
    ['shop.example.con', 'shop.example.com', 'shop.example.com'],
    ['al@acme.example', 'bo@acme.example', undefined],
    ['ana@acme.example', 'anna@acme.example', 'anna@acme.example'],
    ['EXAMPLE.com', 'example.com', 'example.com'],
  ])('of names measures what differs: %s, %s', (typed, known, meant) =>
    expect(nearest(typed, [known])).toBe(meant),
  );

  it('takes the nearest, and of equals the first', () => {
    expect(nearest('tagz', ['tax', 'tags', 'tagy'])).toBe('tags');
  });
});

describe('redactUri', () => {
  it.each([
    ['mongodb://u:p@h/db', 'mongodb://u:***@h/db'],
    ['mongodb+srv://u:p%40x@h.example/db?w=1', 'mongodb+srv://u:***@h.example/db?w=1'],
    ['mongodb://u:p@ss/w:rd@h1,h2:27017/db', 'mongodb://u:***@h1,h2:27017/db'],
    ['mongodb://u:p?w@h/db', 'mongodb://u:***@h/db'],
    ['mongodb://u:@h/db', 'mongodb://u:***@h/db'],
    ['mongodb://h1:27017,h2:27017/db?replicaSet=r', 'mongodb://h1:27017,h2:27017/db?replicaSet=r'],
    [
      'mongodb://h/db?tlsCertificateKeyFilePassword=s&w=1',
      'mongodb://h/db?tlsCertificateKeyFilePassword=***&w=1',
    ],
    ['wss://edge.example/sync?token=abc&x=1', 'wss://edge.example/sync?token=***&x=1'],
    [
      'mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:abc',
      'mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:***',
    ],
    ['embedded:/tmp/x', 'embedded:/tmp/x'],
    ['not a uri', 'not a uri'],
  ])('%s', (uri, shown) => expect(redactUri(uri)).toBe(shown));
});

describe('redactText', () => {
  it('hides every secret, plain and percent-encoded, the longest first, and the passwords of URIs', () => {
    expect(
      redactText('bad p@ss and p%40ss, p@ss-long; see mongodb://u:other@h/x now', ['p@ss', 'p@ss-long', '']),
    ).toBe('bad *** and ***, ***; see mongodb://u:***@h/x now');
  });

  it('survives a secret that is no well-formed text', () =>
    expect(redactText('a\ud800b', ['\ud800'])).toBe('a***b'));
});
