import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newChecksum } from '../../src/edge/checksum.ts';
import type { EdgeDomain } from '../../src/edge/schema.ts';
import { edgeDomainOf } from './fixtures.ts';

function checksumOf(...domains: EdgeDomain[]): string {
  const checksum = newChecksum();
  domains.forEach((domain) => checksum.add(domain));
  return checksum.digest();
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the checksum of a payload', () => {
  it('of no domains is that of the empty text', () => {
    expect(checksumOf()).toBe(sha256(''));
  });

  it('hashes a line a domain: hostname, blank, hash of its canonical form', () => {
    const domain = edgeDomainOf('a.example', { dns: [], proxy: null });
    const canonical =
      '{"dns":[],"hostname":"a.example","ownership":{"verified":false},"proxy":null,"team":"acme",' +
      '"tls":{"fingerprint":null,"issuer":null,"notAfter":null,"notBefore":null,"status":"Pending"},"waf":"on"}';
    expect(checksumOf(domain)).toBe(sha256(`a.example ${sha256(canonical)}\n`));
  });

  it('is the same whatever order the fields are in', () => {
    const domain = edgeDomainOf('a.example');
    const other = Object.fromEntries(Object.entries(domain).toReversed()) as EdgeDomain;
    expect(checksumOf(other)).toBe(checksumOf(domain));
  });

  it.each<[string, Partial<EdgeDomain>]>([
    ['team', { team: 'other' }],
    ['waf', { waf: 'off' }],
    ['records', { dns: [] }],
    ['proxy', { proxy: null }],
    ['ownership', { ownership: { verified: true } }],
  ])('moves with %s', (_, change) => {
    expect(checksumOf(edgeDomainOf('a.example', change))).not.toBe(checksumOf(edgeDomainOf('a.example')));
  });

  it.each([
    ['b.example', 'a.example'],
    ['a.example', 'a.example'],
  ])('refuses %s before %s: the lines are sorted and each is there once', (first, second) => {
    expect(() => checksumOf(edgeDomainOf(first), edgeDomainOf(second))).toThrow(RangeError);
  });
});
