import { shown } from '../error.ts';
import type { Entry, Zone, ZoneRule } from '../zone.ts';
import { typesOf } from '../zone.ts';

/** Every RRset that is stored (the records of one name and type) and has more than one record. */
function* rrsets(zone: Zone): Generator<readonly Entry[]> {
  for (const sets of zone.stored.values()) {
    for (const set of sets.values()) if (set.length > 1) yield set;
  }
}

/** The first record of each value. */
function distinct(set: readonly Entry[]): Entry[] {
  return [...new Map(set.toReversed().map((entry) => [entry.value, entry])).values()].toReversed();
}

/**
 * Two records of a set with different TTLs and values, in their order; none where only duplicates differ, which are the
 * matter of duplicate-record.
 */
function differingTtls(set: readonly Entry[]): readonly Entry[] {
  const first = set[0]!;
  const other = set.find(({ ttl, value }) => ttl !== first.ttl && value !== first.value);
  if (other !== undefined) return [first, other];
  const twin = set.find(({ ttl }) => ttl !== first.ttl);
  const another = set.find(({ value }) => value !== first.value);
  return twin === undefined || another === undefined ? [] : set.filter((it) => it === twin || it === another);
}

/** Rules on the records of one name: what may stand beside what. */
export const setRules: readonly ZoneRule[] = [
  {
    id: 'duplicate-record',
    level: 'error',
    summary: 'No two records have the same name, type and value (RFC 2181 5)',
    check(zone, report) {
      for (const set of rrsets(zone)) {
        const seen = new Map<string, Entry>();
        for (const entry of set) {
          const first = seen.get(entry.value);
          if (first === undefined) seen.set(entry.value, entry);
          else {
            report(
              entry,
              `${zone.full(entry.name)} ${entry.type} ${shown(entry.value)} is there twice`,
              'Remove one of them.',
              [first],
            );
          }
        }
      }
    },
  },
  {
    id: 'ttl-differs',
    level: 'error',
    summary: 'The records of one name and type have one TTL (RFC 2181 5.2)',
    check(zone, report) {
      for (const set of rrsets(zone)) {
        const [first, other] = differingTtls(set);
        if (first === undefined || other === undefined) continue;
        const [one, two] = [first, other].map(({ ttl, value }) => `${ttl} on ${shown(value)}`);
        report(
          other,
          `${zone.full(first.name)} ${first.type} has TTL ${one} and ${two}`,
          'Give all records of the set the same TTL.',
          [first],
        );
      }
    },
  },
  {
    id: 'flags-differ',
    level: 'error',
    summary: 'The records of one name and type are proxied together and enabled together',
    check(zone, report) {
      for (const set of rrsets(zone)) {
        const [first] = set as [Entry];
        for (const flag of ['proxied', 'enabled'] as const) {
          const other = set.find((entry) => entry[flag] !== first[flag]);
          if (other === undefined) continue;
          report(
            other,
            `${zone.full(first.name)} ${first.type} is only partly ${flag}`,
            `Set ${flag} on the whole set.`,
            [first],
          );
        }
      }
    },
  },
  {
    id: 'cname-alone',
    level: 'error',
    summary: 'A CNAME stands alone at its name (RFC 2181 10.1)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const [cname] = sets.get('CNAME') ?? [];
        // What stands at the apex is the matter of cname-apex.
        if (cname === undefined || sets.size === 1 || cname.name === '@') continue;
        const others = new Map([...sets].filter(([type]) => type !== 'CNAME'));
        report(
          cname,
          `${zone.full(name)} has a CNAME beside ${typesOf(others)}`,
          'Remove either the CNAME or the others.',
          [...others.values()].map(([first]) => first!),
        );
      }
    },
  },
  {
    id: 'cname-single',
    level: 'error',
    summary: 'A name has one CNAME (RFC 2181 10.1)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const [first, ...others] = distinct(sets.get('CNAME') ?? []);
        if (first === undefined || others.length === 0) continue;
        const values = [first, ...others].slice(0, 3).map(({ value }) => shown(value));
        report(
          others[0]!,
          `${zone.full(name)} has ${others.length + 1} CNAMEs: ${values.join(' ')}`,
          'Keep one.',
          [first, ...others.slice(1)],
        );
      }
    },
  },
  {
    id: 'cname-apex',
    level: 'error',
    summary: 'The apex has no CNAME: SOA and NS stand there (RFC 1912 2.4)',
    check(zone, report) {
      const [cname] = zone.served.get('@')?.get('CNAME') ?? [];
      if (cname === undefined) return;
      report(cname, `${zone.origin} is the apex and cannot be a CNAME`, 'Use ALIAS there.');
    },
  },
  {
    id: 'alias-alone',
    level: 'error',
    summary: 'An ALIAS is the only one at its name, without A or AAAA, which it would hide',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const [alias, ...others] = sets.get('ALIAS') ?? [];
        const hidden = ['A', 'AAAA'].flatMap((type) => sets.get(type)?.[0] ?? []);
        if (alias === undefined || others.length + hidden.length === 0) continue;
        const beside = hidden.length > 0 ? hidden.map(({ type }) => type).join(' and ') : 'another ALIAS';
        report(alias, `${zone.full(name)} has an ALIAS beside ${beside}`, 'Keep the ALIAS or the others.', [
          ...others,
          ...hidden,
        ]);
      }
    },
  },
];
