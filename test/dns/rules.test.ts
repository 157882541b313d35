import { describe, expect, it } from 'vitest';
import { readingRules } from '../../src/dns/reading-rules.ts';
import type { ZoneRecord } from '../../src/dns/rules.ts';
import { checkZone, dnsRules } from '../../src/dns/rules.ts';
import { CASES } from './zone-cases.ts';
import { MAIL_CASES } from './zone-cases-mail.ts';
import { ORIGIN, placeOf, zoneOf } from './zone-of.ts';

const ALL_CASES = [...CASES, ...MAIL_CASES];

function found(records: readonly ZoneRecord[]): string[] {
  return checkZone(records, ORIGIN).map(({ rule, name, type }) =>
    [rule, name, type].filter(Boolean).join(' '),
  );
}

describe('checkZone', () => {
  it.each(ALL_CASES)('%s: %j', (_rule, lines, findings) => {
    expect(found(zoneOf(...lines)).toSorted()).toEqual([...findings].toSorted());
    expect(found(zoneOf(...lines.toReversed()))).toEqual(found(zoneOf(...lines)));
  });

  it('has cases for every rule over a zone, one that finds it at least', () => {
    const tested = new Set(
      ALL_CASES.flatMap(([, , findings]) => findings.map((finding) => finding.split(' ')[0])),
    );
    const wanted = dnsRules.filter(({ id }) => !Object.hasOwn(readingRules, id)).map(({ id }) => id);
    expect([...tested].toSorted()).toEqual(wanted.toSorted());
  });

  it('names the record, the way out and the level of the table', () => {
    const levels = new Map(dnsRules.map(({ id, level }) => [id, level]));
    for (const [, lines] of ALL_CASES) {
      for (const finding of checkZone(zoneOf(...lines), `${ORIGIN}.`)) {
        expect(finding.level).toBe(levels.get(finding.rule));
        expect(finding.message).toContain('example.com');
        expect(finding.hint).toMatch(/[.!?]$/);
      }
    }
  });

  it('says at which line it is, and at which others', () => {
    const places: readonly (readonly [lines: readonly string[], line: number, others: readonly number[]])[] =
      [
        [['www A 192.0.2.1', 'a A 192.0.2.1', 'www A 192.0.2.1'], 3, [1]],
        [['www A 192.0.2.1', 'a A 192.0.2.1', 'ttl=600 www A 192.0.2.2'], 3, [1]],
        [['www A 192.0.2.1', 'a CNAME a.example.net.', 'a A 192.0.2.1', 'a TXT x'], 2, [3, 4]],
        [['a CNAME a.example.net.', 'a CNAME b.example.net.', 'a CNAME c.example.net.'], 2, [1, 3]],
        [['c CNAME a', 'a CNAME b', 'b CNAME a'], 2, [3]],
        [['x.sub A 192.0.2.1', 'sub NS ns.example.net.'], 1, [2]],
        [['m MX 10 c', 'c CNAME a.example.net.'], 1, [2]],
        [['@ MX 10 mail.example.net.'], 1, []],
        [['www A 192.0.2.1', 'sip SRV 0 0 1 a.b.', 'sip SRV 0 0 2 a.b.'], 2, [3]],
      ];
    for (const [lines, line, others] of places) {
      expect(checkZone(zoneOf(...lines), ORIGIN)).toMatchObject([
        { place: placeOf(line), ...(others.length === 0 ? {} : { related: others.map(placeOf) }) },
      ]);
    }
    for (const [, lines] of ALL_CASES) {
      expect(checkZone(zoneOf(...lines), ORIGIN).filter(({ place }) => place === undefined)).toEqual([]);
    }
  });

  it('names ten other lines at most, and none where records come from no file', () => {
    const many = checkZone(
      zoneOf(...Array.from({ length: 20 }, (_, at) => `ttl=1 a A 192.0.2.${at}`)),
      ORIGIN,
    );
    expect(many).toMatchObject([{ related: Array.from({ length: 10 }, (_, at) => placeOf(at + 2)) }]);
    const stored = zoneOf('a A 192.0.2.1', 'a A 192.0.2.1').map(({ place: _place, ...record }) => record);
    expect(Object.keys(checkZone(stored, ORIGIN)[0]!)).not.toEqual(expect.arrayContaining(['place']));
  });

  it('reads stored records again', () => {
    const [{ place: _, ...good }] = zoneOf('www A 192.0.2.1') as [ZoneRecord];
    const bad: readonly (readonly [Partial<ZoneRecord>, string])[] = [
      [{ data: { address: '192.0.2.256' } }, 'a-address'],
      [{ data: {} }, 'value-fields'],
      [{ name: 'a.*.b' }, 'wildcard-position'],
      [{ name: 'a b' }, 'name-characters'],
      [{ ttl: -1 }, 'ttl-invalid'],
      [{ type: 'NOPE' }, 'type-unknown'],
      [{ type: 'CNAME', data: { target: '192.0.2.1.' } }, 'target-address'],
    ];
    for (const [change, rule] of bad) {
      expect(checkZone([{ ...good, ...change }], ORIGIN)).toMatchObject([{ rule, level: 'error' }]);
    }
  });

  it('puts errors first', () => {
    const levels = checkZone(
      zoneOf('ttl=1 a A 192.0.2.1', 'b CNAME b', 'c CNAME x.example.net.', 'c A 192.0.2.1'),
      ORIGIN,
    ).map(({ level }) => level);
    expect(levels).toEqual(['error', 'strict', 'advice']);
  });

  it('takes a deep zone and a long chain of CNAMEs in linear time', () => {
    const deep = Array.from({ length: 100 }, (_, at) => 'a'.concat('.a'.repeat(at)));
    const chain = Array.from({ length: 20_000 }, (_, at) => `c${at} CNAME c${at + 1}`);
    const records = zoneOf(...deep.map((name) => `${name} A 192.0.2.1`), ...chain);
    const began = performance.now();
    expect(found(records)).toEqual(['cname-target-missing c19999 CNAME']);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('checkZone with 20,000 records of', () => {
  const MANY = 20_000;
  const each = (line: (at: number) => string) => Array.from({ length: MANY }, (_, at) => line(at));
  const ip = (at: number) => `10.0.${at >> 8}.${at & 255}`;
  const zones: readonly (readonly [what: string, lines: () => string[], rules: readonly string[]])[] = [
    [
      'a cut and below it',
      () => [...each((at) => `s NS n${at}.x.`), ...each((at) => `h${at}.s A ${ip(at)}`)],
      ['below-delegation'],
    ],
    [
      'MX, to a name with as many CNAMEs',
      () => [...each((at) => `h${at} MX 10 c`), ...each((at) => `c CNAME n${at}.x.`)],
      ['cname-single', 'target-is-cname'],
    ],
    [
      'NS, to a name with as many disabled addresses',
      () => [...each((at) => `h${at} NS a`), ...each((at) => `off a A ${ip(at)}`)],
      ['glue-missing'],
    ],
    [
      'CNAME, to a name with as many disabled types',
      () => [...each((at) => `h${at} CNAME a`), ...each((at) => `off a TYPE${1000 + at} \\# 1 00`)],
      ['cname-target-missing'],
    ],
    [
      'SPF at one name',
      () => each((at) => `@ TXT v=spf1 include:example.com ip4:${ip(at)}`),
      ['spf-lookups', 'spf-single'],
    ],
    [
      'SPF that include one of as many',
      () => [
        ...each((at) => `h${at} TXT v=spf1 include:n${at}.w.example.com`),
        ...each((at) => `*.w TXT v=spf1 ip4:${ip(at)}`),
      ],
      ['spf-single'],
    ],
  ];

  it.each(zones)('%s ends in time, in a file and in the store', (_what, lines, rules) => {
    const zone = lines().flatMap((line) => zoneOf(line));
    const stored = zone.map((record) => ({ ...record, place: undefined }));
    for (const records of [zone, stored]) {
      expect([...new Set(checkZone(records, ORIGIN).map(({ rule }) => rule))].toSorted()).toEqual(rules);
    }
  });
});

describe('dnsRules', () => {
  it('have stable, distinct ids and a summary each', () => {
    const ids = dnsRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, summary } of dnsRules) {
      expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(summary.length).toBeGreaterThan(10);
    }
  });
});
