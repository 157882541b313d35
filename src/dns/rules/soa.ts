import type { ZoneRule } from '../zone.ts';

/** Rules on the SOA that a master file has. */
export const soaRules: readonly ZoneRule[] = [
  {
    id: 'soa-single',
    level: 'error',
    summary: 'A zone has one SOA, at its apex (RFC 1035 5.2)',
    check(zone, report) {
      const [first, ...others] = zone
        .servedOf('SOA')
        .toSorted((a, b) => Number(b.name === '@') - Number(a.name === '@'));
      for (const entry of others) {
        if (entry.name === '@' && entry.value === first!.value) continue;
        report(entry, `${zone.full(entry.name)} has another SOA: ${entry.value}`, 'Keep one, at the apex.', [
          first!,
        ]);
      }
      if (first === undefined || first.name === '@') return;
      report(
        first,
        `${zone.full(first.name)} has a SOA, but is not the apex ${zone.origin}`,
        'Is the origin another?',
      );
    },
  },
  {
    id: 'ns-missing',
    level: 'strict',
    summary: 'A master file with a SOA has NS records at the apex too; no name server loads it otherwise',
    check(zone, report) {
      const soa = zone.servedOf('SOA').find(({ name }) => name === '@');
      if (soa === undefined || zone.servedOf('NS').some(({ name }) => name === '@')) return;
      report(
        soa,
        `${zone.origin} has a SOA, but no NS records`,
        'Add them; a file without either is a part of a zone.',
      );
    },
  },
];
