import { recordTypes } from '../types.ts';
import type { ZoneRule } from '../zone.ts';

/** Rules on the types that carry digests of keys. */
export const digestRules: readonly ZoneRule[] = [
  {
    id: 'digest-length',
    level: 'strict',
    summary: 'A digest in DS, TLSA or SSHFP is as long as its kind makes it',
    check(zone, report) {
      for (const { name: type, digest } of recordTypes.values()) {
        if (digest === undefined) continue;
        for (const entry of zone.servedOf(type)) {
          const wanted = digest.octets[Number(entry.data[digest.kind])];
          const octets = String(entry.data[digest.data]).length / 2;
          if (wanted === undefined || wanted === octets) continue;
          report(
            entry,
            `${zone.full(entry.name)} ${type} has a digest of ${octets} octets; its kind has ${wanted}`,
            'Copy the digest again, as a whole.',
          );
        }
      }
    },
  },
];
