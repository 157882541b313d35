import { describe, expect, it } from 'vitest';
import { checkZone } from '../../src/dns/rules.ts';
import { ORIGIN, placeOf, zoneOf } from './zone-of.ts';

describe('a finding of checkZone', () => {
  it.each([
    [
      'a CNAME b',
      'b.example.com, which is not in the zone',
      'Add a record there, or write the target in full with its last dot: ',
    ],
    [
      '@ MX 10 mx1.mailhost.net.example.com.',
      'mx1.mailhost.net.example.com, which is not in the zone',
      'Add an A or AAAA record there, or write mx1.mailhost.net. with its last dot: ' +
        'without it a name in a master file is relative.',
    ],
    ['a CNAME b.example.com.example.com.', 'which is not', 'write b.example.com. with its last dot'],
    ['a NS ns.mailhost.net.example.com.', 'which has no address', 'write ns.mailhost.net. with its last dot'],
    ['x.e MX 10 mail.e.example.com.', 'which is not in the zone', 'write the target in full'],
    ['sub NS ns.sub.example.com.', 'which has no address', 'write the target in full'],
    ['a MX 10 host.s1.example.com.', 'which is not in the zone', 'write the target in full'],
    ['@ MX 10 @', 'example.com, which has no address', 'Add an A or AAAA record there.'],
  ])('says of the target of %s that it is missing, and where a last dot may be', (line, message, hint) => {
    const [finding] = checkZone(zoneOf(line), ORIGIN).filter(({ rule }) => rule.includes('missing'));
    expect(finding?.message).toContain(message);
    expect(finding?.hint).toContain(hint);
  });

  it.each(['a CNAME b', 'a ALIAS b', 'a NS b', 'a MX 10 b', '_a._tcp SRV 0 0 1 b'])(
    'says of the target of %s that its records are disabled',
    (line) => {
      const zone = zoneOf(line, 'off b A 192.0.2.1', 'off b TXT x');
      const [finding, ...others] = checkZone(zone, ORIGIN);
      expect(others).toEqual([]);
      expect(finding?.message).toMatch(
        /b\.example\.com, which is not served: its A(?:, TXT)? records are disabled$/,
      );
      expect(finding).toMatchObject({ hint: 'Enable them, or point it elsewhere.', place: placeOf(1) });
      expect(finding?.related?.[0]).toEqual(placeOf(2));
    },
  );

  it.each([
    ['a.b.example.com.', undefined],
    ['hostmaster@example.com.', 'hostmaster.example.com.'],
    ['hostmaster@example.com', 'hostmaster.example.com.'],
    ['hostmaster@example.net', 'hostmaster.example.net.'],
    ['hostmaster@mail', 'hostmaster.mail.example.com.'],
    ['hostmaster@', 'hostmaster.example.com.'],
    ['first.last@example.com.', 'first\\.last.example.com.'],
    ['first\\.last@example.com.', 'first\\.last.example.com.'],
  ])('says how the mailbox %s is written in a SOA', (mailbox, written) => {
    const findings = checkZone(zoneOf(`@ SOA a. ${mailbox} 1 2 3 4 5`), ORIGIN);
    const finding = findings.find(({ rule }) => rule === 'soa-mailbox');
    const hint = written === undefined ? undefined : `Write ${written} with a dot in place of the @.`;
    expect(finding?.hint).toBe(hint);
  });

  it.each([
    ['isue', 'Did you mean issue?'],
    ['issuewlid', 'Did you mean issuewild?'],
    ['email', 'Registered are issue, issuewild, iodef, '],
  ])('suggests a tag of CAA for %s', (tag, hint) => {
    expect(checkZone(zoneOf(`@ CAA 0 ${tag} "x"`), ORIGIN)[0]?.hint).toContain(hint);
  });

  it.each([
    ['p=foo', 'has the policy "foo", which is none', 'Write p=none, p=quarantine or p=reject.'],
    ['p=rejetc', 'has the policy "rejetc", which is none', 'Did you mean p=reject?'],
    ['sp=none', 'has no policy', 'Write p=none, p=quarantine or p=reject.'],
    ['p=', 'has no policy', 'Write p=none, p=quarantine or p=reject.'],
  ])('says of the DMARC policy %s what is wrong with it', (tags, message, hint) => {
    expect(checkZone(zoneOf(`_dmarc TXT v=DMARC1; ${tags}`), ORIGIN)).toMatchObject([
      { message: `The DMARC record of _dmarc.example.com ${message}`, hint },
    ]);
  });

  it('counts the look-ups of an SPF record, and ends where they go in a circle', () => {
    const zone = zoneOf(
      'a TXT v=spf1 a mx include:b.example.com exists:c include:x.example.net ptr -all',
      'b TXT v=spf1 include:1.example.net include:2.example.net include:3.example.net a mx:x -all',
      'c TXT v=spf1 include:c.example.com -all',
    );
    expect(checkZone(zone, ORIGIN).map(({ message }) => message)).toEqual([
      expect.stringContaining('of a.example.com costs 11 look-ups: include, a, mx,'),
      expect.stringContaining('of c.example.com costs 100 look-ups or more: include, a, mx,'),
    ]);
  });

  it('names both TTLs with the values they stand at, which are not the same one', () => {
    const lines = ['www A 192.0.2.1', 'ttl=600 www A 192.0.2.1', 'www A 192.0.2.2'];
    const [finding] = checkZone(zoneOf(...lines), ORIGIN).filter(({ rule }) => rule === 'ttl-differs');
    expect(finding).toMatchObject({
      message: 'www.example.com A has TTL 600 on 192.0.2.1 and 300 on 192.0.2.2',
      place: placeOf(3),
      related: [placeOf(2)],
    });
  });

  it.each([
    [['a ALIAS a'], 'The records of this chain go in a circle: a.example.com -> a.example.com'],
    [
      ['a CNAME b', 'b ALIAS a'],
      'The records of this chain go in a circle: a.example.com -> b.example.com -> a.example.com',
    ],
    [['a CNAME a'], 'The CNAMEs go in a circle: a.example.com -> a.example.com'],
    [['proxied a A 0.0.0.0'], 'a.example.com A 0.0.0.0 is proxied, but an unspecified address'],
    [['proxied a A 10.0.0.1'], 'a.example.com A 10.0.0.1 is proxied, but a private address'],
  ])('says of %j: %s', (lines, message) => {
    expect(checkZone(zoneOf(...lines), ORIGIN)).toMatchObject([{ message }]);
  });

  it('clips values and lists', () => {
    const long = `"${'a'.repeat(255)}" `.repeat(200);
    const target = `${`${'b'.repeat(60)}.`.repeat(4)}`;
    const types = Array.from({ length: 100 }, (_, at) => `c TYPE${65_280 + at} \\# 1 00`);
    const findings = checkZone(
      zoneOf(
        `a TXT ${long}`,
        `ttl=600 a TXT ${long}`,
        `a TXT ${long}x`,
        `b CNAME ${target}`,
        `b CNAME c.${target}`,
        'c CNAME x.example.net.',
        ...types,
        ...types.map((line) => `off ${line.replace('c', 'd')}`),
        'e CNAME d',
        `@ SOA ${target} ${target} 1 2 3 4 5`,
        `@ SOA ${target} ${target} 2 2 3 4 5`,
        '@ NS a.b.',
        '@ NS c.d.',
      ),
      ORIGIN,
    );
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(
      new Set([
        'duplicate-record',
        'ttl-differs',
        'cname-single',
        'cname-alone',
        'soa-single',
        'cname-target-missing',
      ]),
    );
    for (const { message } of findings) expect(message.length).toBeLessThan(400);
  });

  it('shows a text that has fallen into strings, and how it is written', () => {
    expect(checkZone(zoneOf('@ TXT "v=spf1" "mx" "-all"'), ORIGIN)).toMatchObject([
      {
        message:
          'example.com TXT says "v=spf1mx-all": its strings are joined without blanks, and quotes are missing',
        hint: 'Put the whole text in quotes: "v=spf1 mx -all".',
      },
    ]);
  });
});
