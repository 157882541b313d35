import { quoted } from '../error.ts';
import { decodeOctets } from '../escapes.ts';
import { recordTypes } from '../types.ts';
import type { ZoneRule } from '../zone.ts';

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
/** `_service._proto`, a wildcard in front of or in place of the service at most (RFC 2782, RFC 4592). */
const SERVICE = /^(?:\*|(?:\*\.)?_[^.]+\._[^.]+)(?:\.|$)/;

/** A host name, a leading wildcard label aside. */
function isHost(name: string): boolean {
  return name === '@' || name === '*' || HOST.test(name.replace(/^\*\./, ''));
}

/** Whether a name holds a blank or a control character, which stand in it as escapes. */
function holdsControls(name: string): boolean {
  return name.includes('\\') && decodeOctets(name).some((octet) => octet <= 0x20 || octet === 0x7f);
}

/** Rules on how owners and targets are written. */
export const nameRules: readonly ZoneRule[] = [
  {
    id: 'srv-owner',
    level: 'error',
    summary: 'An SRV is owned by _service._proto (RFC 2782)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const [srv, ...others] = sets.get('SRV') ?? [];
        if (srv === undefined || SERVICE.test(name)) continue;
        report(
          srv,
          `${zone.full(name)} SRV does not begin with _service._proto`,
          'Name it such as _sip._tcp or _imaps._tcp.',
          others,
        );
      }
    },
  },
  {
    id: 'hostname-owner',
    level: 'strict',
    summary: 'Owners of A, AAAA and MX are host names: letters, digits, inner hyphens (RFC 1123 2.1)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        if (isHost(name)) continue;
        for (const [type, [first, ...others]] of sets) {
          if (!recordTypes.get(type)?.hostOwner) continue;
          report(
            first!,
            `${zone.full(name)} ${type} is not a host name`,
            'Use letters, digits and hyphens; _names are for TXT, SRV, CNAME and TLSA.',
            others,
          );
        }
      }
    },
  },
  {
    id: 'hostname-target',
    level: 'strict',
    summary:
      'Targets of MX, NS and SRV, and of SVCB and HTTPS but for aliases, are host names (RFC 1123 2.1, RFC 9460 2)',
    check(zone, report) {
      for (const type of ['MX', 'NS', 'SRV', 'SVCB', 'HTTPS']) {
        const field = recordTypes.get(type)?.target ?? '';
        for (const entry of zone.servedOf(type)) {
          const host = String(entry.data[field]).slice(0, -1);
          const isAlias = entry.data['priority'] === 0 && type !== 'SRV';
          if (isAlias || HOST.test(host) || (host === '' && type !== 'NS')) continue;
          report(
            entry,
            `${zone.full(entry.name)} ${type} points to ${quoted(`${host}.`)}, which is not a host name`,
            'Use letters, digits and hyphens.',
          );
        }
      }
    },
  },
  {
    id: 'target-characters',
    level: 'strict',
    summary:
      'Targets of CNAME and ALIAS, and of aliases by SVCB and HTTPS, hold no white space or control character',
    check(zone, report) {
      for (const type of ['CNAME', 'ALIAS', 'SVCB', 'HTTPS']) {
        for (const entry of zone.servedOf(type)) {
          const { target, priority = 0 } = entry.data;
          if (priority !== 0 || !holdsControls(String(target))) continue;
          report(
            entry,
            `${zone.full(entry.name)} ${type} points to ${quoted(String(target))}, which holds white space or a control character`,
            'Write the name plainly.',
          );
        }
      }
    },
  },
  {
    id: 'domain-repeated',
    level: 'advice',
    summary: 'A name does not repeat the domain at its end',
    check(zone, report) {
      for (const [name, sets] of zone.stored) {
        if (name !== zone.origin && !name.endsWith(`.${zone.origin}`)) continue;
        const meant = name === zone.origin ? '@' : name.slice(0, -zone.origin.length - 1);
        const [first, ...others] = [...sets.values()].flat();
        report(
          { name, ...(first!.place === undefined ? {} : { place: first!.place }) },
          `${zone.full(name)} repeats the domain`,
          `If ${zone.full(meant)} is meant, name it ${meant}.`,
          others,
        );
      }
    },
  },
];
