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
];
