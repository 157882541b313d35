import { unreachableKind } from '../addresses.ts';
import { quoted } from '../error.ts';
import { nearest } from '../nearest.ts';
import { formatTtl } from '../ttl.ts';
import { recordTypes } from '../types.ts';
import type { Entry, ZoneRule } from '../zone.ts';

const TTL_ADVISED = { least: 60, most: 604_800 };
/** The TTL of a proxied record that the edge chooses itself. */
const TTL_AUTOMATIC = 1;
/** The registry of CAA properties at IANA, without those that are reserved. */
const CAA_TAGS = ['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuevmc', 'issuemail'];

/** Rules on single values. */
export const valueRules: readonly ZoneRule[] = [
  {
    id: 'caa-flags',
    level: 'error',
    summary: 'The flags of CAA are 0 or 128 (RFC 8659 4.1)',
    check(zone, report) {
      for (const entry of zone.servedOf('CAA')) {
        const flags = entry.data['flags'];
        if (flags === 0 || flags === 128) continue;
        report(
          entry,
          `${zone.full(entry.name)} CAA has flags ${String(flags)}`,
          '0, or 128 for a property that issuers must understand.',
        );
      }
    },
  },
  {
    id: 'caa-tag-unknown',
    level: 'advice',
    summary: 'The tag of CAA is one that is registered: issuers pass over others, and with flags 128 refuse',
    check(zone, report) {
      for (const entry of zone.servedOf('CAA')) {
        const tag = String(entry.data['tag']);
        if (CAA_TAGS.includes(tag)) continue;
        const near = nearest(tag, CAA_TAGS);
        report(
          entry,
          `${zone.full(entry.name)} CAA has the tag ${quoted(tag)}, which is not registered at IANA`,
          near === undefined ? `Registered are ${CAA_TAGS.join(', ')}.` : `Did you mean ${near}?`,
        );
      }
    },
  },
  {
    id: 'proxied-type',
    level: 'strict',
    summary: 'Only A, AAAA, CNAME and ALIAS are proxied: an edge carries nothing else',
    check(zone, report) {
      for (const [name, sets] of zone.stored) {
        for (const [type, set] of sets) {
          const proxied = set.find((entry) => entry.proxied);
          if (proxied === undefined || recordTypes.get(type)?.proxiable) continue;
          report(proxied, `${zone.full(name)} ${type} cannot be proxied`, 'Turn proxied off.');
        }
      }
    },
  },
  {
    id: 'ttl-range',
    level: 'advice',
    summary: 'A TTL is between a minute and a week',
    check(zone, report) {
      for (const [name, sets] of zone.stored) {
        for (const [type, set] of sets) {
          const [first, ...others] = set as [Entry, ...Entry[]];
          const { ttl } = first;
          if (ttl === TTL_AUTOMATIC && first.proxied) continue;
          if (ttl >= TTL_ADVISED.least && ttl <= TTL_ADVISED.most) continue;
          const side = ttl < TTL_ADVISED.least ? 'under a minute' : 'over a week';
          report(
            first,
            `${zone.full(name)} ${type} has a TTL of ${formatTtl(ttl)}, ${side}`,
            'Take one from 60 (1m) to 604800 (1w).',
            others,
          );
        }
      }
    },
  },
  {
    id: 'private-proxied',
    level: 'advice',
    summary: 'A proxied address is one that an edge can reach over the Internet',
    check(zone, report) {
      for (const entry of [...zone.servedOf('A'), ...zone.servedOf('AAAA')]) {
        if (!entry.proxied) continue;
        const kind = unreachableKind(entry.value);
        if (kind === undefined) continue;
        const article = /^[aeiou]/.test(kind) ? 'an' : 'a';
        report(
          entry,
          `${zone.full(entry.name)} ${entry.type} ${entry.value} is proxied, but ${article} ${kind} address`,
          'An edge outside that network cannot reach it.',
        );
      }
    },
  },
  {
    id: 'ns-single',
    level: 'advice',
    summary: 'A zone has at least two name servers (RFC 1034 4.1)',
    check(zone, report) {
      const set = zone.served.get('@')?.get('NS');
      if (set?.length !== 1) return;
      report(set[0]!, `${zone.origin} has one name server`, 'Add a second one.');
    },
  },
];
