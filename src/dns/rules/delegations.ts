import type { ZoneRule } from '../zone.ts';
import { inTurn } from '../zone.ts';

/** A name that stands for those that are not there. */
function isWildcard(name: string): boolean {
  return name === '*' || name.startsWith('*.');
}

/** Rules on child zones that other name servers have. */
export const delegationRules: readonly ZoneRule[] = [
  {
    id: 'below-delegation',
    level: 'error',
    summary:
      'At and under a delegated child zone there are only its NS, its DS and its glue (RFC 1034 4.2.1)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const cut = zone.delegation(name);
        if (cut === undefined) continue;
        for (const [type, set] of sets) {
          const atCut = name === cut && (type === 'NS' || type === 'DS');
          const glue = (type === 'A' || type === 'AAAA') && zone.nameServers.has(name);
          if (atCut || glue) continue;
          report(
            set[0]!,
            `${zone.full(name)} ${type} is hidden: ${zone.full(cut)} is delegated to other name servers`,
            `Add it to the zone ${zone.full(cut)}, or remove the NS records there.`,
            inTurn([set.slice(1), zone.served.get(cut)!.get('NS')!]),
          );
        }
      }
    },
  },
  {
    id: 'wildcard-delegation',
    level: 'strict',
    summary: 'A wildcard has no NS and no DS: name servers refuse it, or differ on it (RFC 4592 4.2, 4.6)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        if (!isWildcard(name)) continue;
        const [ns, ds] = [sets.get('NS') ?? [], sets.get('DS') ?? []];
        const [first, ...others] = inTurn([ns, ds]);
        if (first === undefined) continue;
        report(
          first,
          `${zone.full(name)} has ${first.type} records, but a wildcard is no child zone`,
          'Delegate each child zone by its own name.',
          others,
        );
      }
    },
  },
  {
    id: 'ds-without-ns',
    level: 'strict',
    summary: 'A DS stands beside the NS of a delegated child zone, never at the apex (RFC 4035 2.4)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const [ds] = sets.get('DS') ?? [];
        if (ds === undefined || isWildcard(name)) continue;
        if (name !== '@' && zone.delegation(name) !== undefined) continue;
        report(
          ds,
          `${zone.full(name)} has a DS, but is not delegated`,
          name === '@'
            ? 'It belongs in the zone above.'
            : 'Add the NS records of the child zone, or remove the DS.',
        );
      }
    },
  },
];
