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
