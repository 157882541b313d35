import { setKey } from '../dns/zone.ts';
import { nameServers } from '../queries/zone-head.ts';
import { newRecord, withOptions } from './zone.ts';
import type { ZoneCopy } from './zone.ts';

const SERVERS = setKey('@', 'NS');

/**
 * Makes records of the name servers that an import stored with the zone itself, in a copy that is about to be edited
 * there: records of this set win over the stored ones, so one alone would silently take the place of all of them.
 * @param type of the records that are edited; undefined for all at the name.
 */
export function adoptServers(copy: ZoneCopy, name: string, type: string | undefined): void {
  if (name !== '@' || (type !== undefined && type !== 'NS')) return;
  const zone = copy.zone ?? copy.domain.zone;
  const { from, targets, ttl } = nameServers(zone, copy.sets.get(SERVERS) ?? []);
  if (from !== 'zone') return;
  const set = copy.sets.get(SERVERS) ?? [];
  const options = { ttl, enabled: true };
  const held = new Map(set.map((record) => [String(record.value['target']), record]));
  const servers = targets.map((target) => {
    const record = held.get(target);
    return record === undefined
      ? newRecord(copy, '@', 'NS', { target }, options)
      : withOptions(record, options);
  });
  const others = set.filter(({ value }) => !targets.includes(String(value['target'])));
  copy.sets.set(SERVERS, [...servers, ...others]);
  copy.zone = { ...zone, apexNs: [], apexNsTtl: null };
}
