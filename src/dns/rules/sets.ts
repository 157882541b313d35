import type { Entry, Zone, ZoneRule } from '../zone.ts';

/** Every RRset that is stored: the records of one name and type. */
function rrsets(zone: Zone): (readonly Entry[])[] {
  return [...zone.stored.values()].flatMap((sets) => [...sets.values()]);
}

function distinct<T>(set: readonly Entry[], read: (entry: Entry) => T): T[] {
  return [...new Set(set.map(read))];
}

/** Rules on the records of one name: what may stand beside what. */
export const setRules: readonly ZoneRule[] = [
  {
    id: 'duplicate-record',
    level: 'error',
    summary: 'No two records have the same name, type and value (RFC 2181 5)',
    check(zone, report) {
      for (const set of rrsets(zone)) {
        const seen = new Set<string>();
        for (const entry of set) {
          if (seen.has(entry.value)) {
            report(
              entry,
              `${zone.full(entry.name)} ${entry.type} ${entry.value} is there twice`,
              'Remove one of them.',
            );
          }
          seen.add(entry.value);
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
        const [first, ...others] = set as [Entry, ...Entry[]];
        const other = others.find((entry) => entry.ttl !== first.ttl);
        if (other === undefined) continue;
        report(
          first,
          `${zone.full(first.name)} ${first.type} has TTL ${first.ttl} on ${first.value} and ${other.ttl} on ${other.value}`,
          'Give all records of the set the same TTL.',
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
          if (distinct(set, (entry) => entry[flag]).length === 1) continue;
          report(
            first,
            `${zone.full(first.name)} ${first.type} is only partly ${flag}`,
            `Set ${flag} on the whole set.`,
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
        if (!sets.has('CNAME') || sets.size === 1) continue;
        const others = [...sets.keys()].filter((type) => type !== 'CNAME').join(', ');
        report(
          { name, type: 'CNAME' },
          `${zone.full(name)} has a CNAME beside ${others}`,
          'Remove either the CNAME or the others.',
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
        const values = distinct(sets.get('CNAME') ?? [], (entry) => entry.value);
        if (values.length < 2) continue;
        report(
          { name, type: 'CNAME' },
          `${zone.full(name)} has ${values.length} CNAMEs: ${values.slice(0, 3).join(' ')}`,
          'Keep one.',
        );
      }
    },
  },
  {
    id: 'cname-apex',
    level: 'error',
    summary: 'The apex has no CNAME: SOA and NS stand there (RFC 1912 2.4)',
    check(zone, report) {
      if (!zone.served.get('@')?.has('CNAME')) return;
      report(
        { name: '@', type: 'CNAME' },
        `${zone.origin} is the apex and cannot be a CNAME`,
        'Use ALIAS there.',
      );
    },
  },
  {
    id: 'alias-alone',
    level: 'error',
    summary: 'An ALIAS is the only one at its name, without A or AAAA, which it would hide',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const aliases = sets.get('ALIAS') ?? [];
        const beside = ['A', 'AAAA'].filter((type) => sets.has(type));
        if (aliases.length === 0 || (aliases.length === 1 && beside.length === 0)) continue;
        report(
          { name, type: 'ALIAS' },
          `${zone.full(name)} has an ALIAS beside ${beside.length > 0 ? beside.join(' and ') : 'another ALIAS'}`,
          'Keep the ALIAS or the others.',
        );
      }
    },
  },
  {
    id: 'below-delegation',
    level: 'error',
    summary:
      'At and under a delegated child zone there are only its NS, its DS and its glue (RFC 1034 4.2.1)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const cut = zone.delegation(name);
        if (cut === undefined) continue;
        for (const type of sets.keys()) {
          const atCut = name === cut && (type === 'NS' || type === 'DS');
          const glue = (type === 'A' || type === 'AAAA') && zone.nameServers.has(name);
          if (atCut || glue) continue;
          report(
            { name, type },
            `${zone.full(name)} ${type} is hidden: ${zone.full(cut)} is delegated to other name servers`,
            `Add it to the zone ${zone.full(cut)}, or remove the NS records there.`,
          );
        }
      }
    },
  },
];
