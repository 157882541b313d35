import { shown } from '../error.ts';
import { relativeName } from '../names.ts';
import type { Zone, ZoneRule } from '../zone.ts';

/** A mailbox with an escaped `@`: what stands in front of it and behind. */
const MAILBOX = /^((?:\\.|[^\\])*?)\\@\.?(.*)$/;

/** The mailbox as a SOA has it: dots in front of the `@` escaped, and a dot for the `@` (RFC 1035 8). */
function asName(zone: Zone, user: string, host: string): string {
  const inZone = relativeName(host, zone.origin);
  // `a@example.net` without the last dot is relative, which who writes an @ did not mean.
  const meant = inZone?.includes('.') ? `${inZone}.` : host || zone.full('@').concat('.');
  return `${user.replace(/\\.|\./g, (part) => (part === '.' ? '\\.' : part))}.${meant}`;
}

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
        report(
          entry,
          `${zone.full(entry.name)} has another SOA: ${shown(entry.value)}`,
          'Keep one, at the apex.',
          [first!],
        );
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
  {
    id: 'soa-mailbox',
    level: 'advice',
    summary: 'The mailbox of a SOA is a name, with a dot in place of the @ (RFC 1035 8)',
    check(zone, report) {
      for (const entry of zone.servedOf('SOA')) {
        const [, user, host] = MAILBOX.exec(String(entry.data['rname'])) ?? [];
        if (user === undefined || host === undefined) continue;
        report(
          entry,
          `The SOA of ${zone.full(entry.name)} has the mailbox ${shown(`${user}@${host}`)}, with an @ in it`,
          `Write ${asName(zone, user, host)} with a dot in place of the @.`,
        );
      }
    },
  },
];
