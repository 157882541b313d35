import { relativeName } from '../names.ts';
import type { Entry, NameSets, Zone, ZoneRule } from '../zone.ts';

/** What answers for a name in place of its own addresses; a CNAME hides an ALIAS beside it. */
function leadOf(sets: NameSets | undefined): Entry | undefined {
  return (sets?.get('CNAME') ?? sets?.get('ALIAS'))?.[0];
}

/** Where the CNAME or ALIAS that answers for a name leads inside the zone, and the name that owns it. */
function follow(zone: Zone, name: string): { owner: string; next: string | undefined } | undefined {
  if (zone.delegation(name) !== undefined) return undefined;
  const found = zone.lookup(name);
  const target = leadOf(found.sets)?.data['target'];
  return target === undefined
    ? undefined
    : { owner: found.name, next: relativeName(String(target), zone.origin) };
}

/** The loops of CNAMEs and ALIAS, each as the owners on it; every name is walked once. */
function loops(zone: Zone): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  for (const [start, sets] of zone.served) {
    const path = new Map<string, number>();
    let step = leadOf(sets) === undefined ? undefined : follow(zone, start);
    while (step !== undefined && !done.has(step.owner) && !path.has(step.owner)) {
      path.set(step.owner, path.size);
      step = step.next === undefined ? undefined : follow(zone, step.next);
    }
    const back = step === undefined ? undefined : path.get(step.owner);
    if (back !== undefined) found.push([...path.keys()].slice(back));
    for (const name of path.keys()) done.add(name);
  }
  return found;
}

/** Rules on where records point. */
export const targetRules: readonly ZoneRule[] = [
  {
    id: 'null-mx',
    level: 'error',
    summary: 'A null MX is `0 .` and the only MX of its name (RFC 7505 3)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const set = sets.get('MX') ?? [];
        const nulls = set.filter((entry) => entry.data['exchange'] === '.');
        const [first] = nulls;
        if (first === undefined || (set.length === 1 && first.data['preference'] === 0)) continue;
        const wrong = set.length > 1 ? 'stands beside another MX' : 'has a preference other than 0';
        report(
          first,
          `The null MX of ${zone.full(name)} ${wrong}`,
          'Keep `0 .` alone for a name without mail, or the mail servers alone.',
          set.filter((entry) => entry !== first),
        );
      }
    },
  },
  {
    id: 'srv-null',
    level: 'error',
    summary: 'An SRV to `.` has priority, weight and port 0 (RFC 2782)',
    check(zone, report) {
      for (const entry of zone.servedOf('SRV')) {
        const { priority, weight, port, target } = entry.data;
        if (target !== '.' || (priority === 0 && weight === 0 && port === 0)) continue;
        report(
          entry,
          `${zone.full(entry.name)} SRV ${entry.value} offers a port on no host`,
          'Write 0 0 0 . for a service that is not offered.',
        );
      }
    },
  },
  {
    id: 'cname-loop',
    level: 'strict',
    summary: 'CNAMEs and ALIAS lead to an end: none points to itself or in a circle (RFC 1034 3.6.2)',
    check(zone, report) {
      for (const loop of loops(zone)) {
        const start = loop.indexOf(loop.toSorted()[0]!);
        const path = [...loop.slice(start), ...loop.slice(0, start)];
        const entries = path.map((name) => leadOf(zone.served.get(name))!);
        const steps = path.slice(0, 5).map((name) => zone.full(name));
        const shown = [...steps, ...(path.length > 5 ? ['…'] : []), zone.full(path[0]!)];
        const which = entries.every(({ type }) => type === 'CNAME') ? 'CNAMEs' : 'records of this chain';
        report(
          entries[0]!,
          `The ${which} go in a circle: ${shown.join(' -> ')}`,
          'Point one elsewhere.',
          entries.slice(1),
        );
      }
    },
  },
  {
    id: 'target-is-cname',
    level: 'strict',
    summary: 'Targets of MX, NS and SRV are no CNAMEs (RFC 2181 10.3, RFC 2782)',
    check(zone, report) {
      for (const [type, field] of [
        ['MX', 'exchange'],
        ['NS', 'target'],
        ['SRV', 'target'],
      ] as const) {
        for (const { entry, name } of zone.targets(type, field)) {
          const cnames =
            zone.delegation(name) === undefined ? zone.lookup(name).sets.get('CNAME') : undefined;
          if (cnames === undefined) continue;
          report(
            entry,
            `${zone.full(entry.name)} ${type} points to ${zone.full(name)}, which is a CNAME`,
            'Name the host that the CNAME leads to.',
            cnames,
          );
        }
      }
    },
  },
];
