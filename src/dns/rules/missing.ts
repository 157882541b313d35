import type { Entry, NameSets, Report, Zone, ZoneRule } from '../zone.ts';
import { inTurn, typesOf } from '../zone.ts';

/** What a host is found by: an address, or what leads to one; an ALIAS is no glue. */
const ADDRESSES = ['A', 'AAAA', 'CNAME', 'ALIAS'];

const GLUE = ['A', 'AAAA', 'CNAME'];

/** Ends in a label that could be a top-level domain, below another one. */
const DOTTED = /\.(?:[a-z]{2,}|xn--[a-z0-9-]+)$/;

/** The sets of these types, of all where there are none. */
function onlyOf(sets: NameSets = new Map(), types?: readonly string[]): NameSets {
  if (types === undefined) return sets;
  return new Map(types.filter((type) => sets.has(type)).map((type) => [type, sets.get(type)!]));
}

/**
 * Reports a record whose target in the zone lacks what it needs.
 * @param types those that would do, any if there are none; what is stored of them at the target is disabled
 */
function reportMissing(
  { zone, report }: { zone: Zone; report: Report },
  { entry, name }: { entry: Entry; name: string },
  lack: string,
  types?: readonly string[],
): void {
  const which = `${zone.full(entry.name)} ${entry.type} points to ${zone.full(name)}, which`;
  const sets = onlyOf(zone.stored.get(name), types);
  if (sets.size > 0) {
    report(
      entry,
      `${which} is not served: its ${typesOf(sets)} records are disabled`,
      'Enable them, or point it elsewhere.',
      inTurn(sets.values()),
    );
    return;
  }
  const record = types === undefined ? 'a record' : 'an A or AAAA record';
  report(entry, `${which} ${lack}`, `Add ${record} there${orDot(zone, name)}.`);
}

/** The other way out: the last dot, without which `mx1.example.net` lies below the zone (RFC 1035 5.1). */
function orDot(zone: Zone, name: string): string {
  if (name === '@' || zone.origin === '') return '';
  // Where a part of it is in the zone, it was not meant to lie elsewhere.
  const elsewhere = DOTTED.test(name) && zone.lookup(name).name === '*';
  const meant = elsewhere ? `${name}.` : 'the target in full';
  return `, or write ${meant} with its last dot: without it a name in a master file is relative`;
}

/** Rules on targets in the zone that are not there. */
export const missingRules: readonly ZoneRule[] = [
  {
    id: 'glue-missing',
    level: 'strict',
    summary: 'A name server inside the zone has an A or AAAA record there (RFC 1034 4.2.1)',
    check(zone, report) {
      for (const { entry, name } of zone.targets('NS')) {
        const cut = zone.delegation(name);
        if (cut !== undefined && cut !== entry.name) continue;
        const sets = cut === undefined ? zone.lookup(name).sets : zone.served.get(name);
        if (GLUE.some((type) => sets?.has(type))) continue;
        reportMissing({ zone, report }, { entry, name }, 'has no address', GLUE);
      }
    },
  },
  {
    id: 'cname-target-missing',
    level: 'advice',
    summary: 'The target of a CNAME or ALIAS inside the zone exists, and is not the root',
    check(zone, report) {
      for (const { entry, name } of [...zone.targets('CNAME'), ...zone.targets('ALIAS')]) {
        if (zone.delegation(name) !== undefined || zone.lookup(name).sets.size > 0) continue;
        reportMissing({ zone, report }, { entry, name }, 'is not in the zone');
      }
      for (const entry of [...zone.servedOf('CNAME'), ...zone.servedOf('ALIAS')]) {
        if (entry.data['target'] !== '.' || zone.origin === '') continue;
        report(
          entry,
          `${zone.full(entry.name)} ${entry.type} points to the root of all names, which has no address`,
          `Write @ for ${zone.origin} itself, or remove the ${entry.type}.`,
        );
      }
    },
  },
  {
    id: 'target-missing',
    level: 'advice',
    summary: 'The target of an MX or SRV inside the zone exists and has an address',
    check(zone, report) {
      for (const { entry, name } of [...zone.targets('MX', 'exchange'), ...zone.targets('SRV')]) {
        // In the root zone the `.` of a record that says there is no host would be the apex.
        if (zone.origin === '' && name === '@') continue;
        const { sets } = zone.lookup(name);
        if (zone.delegation(name) !== undefined || ADDRESSES.some((type) => sets.has(type))) continue;
        const lack = sets.size > 0 ? 'has no address' : 'is not in the zone';
        reportMissing({ zone, report }, { entry, name }, lack, ADDRESSES);
      }
    },
  },
];
