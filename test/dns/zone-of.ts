import { parseValues } from '../../src/dns/record.ts';
import type { ZoneRecord } from '../../src/dns/rules.ts';
import { tokenize } from '../../src/dns/tokens.ts';
import { SOA } from '../../src/dns/types/soa.ts';

export const ORIGIN = 'example.com';

/**
 * Records from lines `name type value`, one a line; flags stand in front, as in `off proxied ttl=60 www A 192.0.2.1`.
 * Each has its place, from line 1.
 */
export function zoneOf(...lines: string[]): ZoneRecord[] {
  return lines.map((line, at) => {
    const words = line.split(' ');
    const record = { ttl: 300, proxied: false, enabled: true };
    for (; /^(?:off|proxied|ttl=\d+)$/.test(words[0] ?? ''); words.shift()) {
      if (words[0] === 'off') record.enabled = false;
      else if (words[0] === 'proxied') record.proxied = true;
      else record.ttl = Number(words[0]?.slice(4));
    }
    const [name = '', type = '', ...value] = words;
    return { name, type, data: dataOf(type, value.join(' ')), ...record, place: placeOf(at + 1) };
  });
}

export function placeOf(line: number) {
  return { file: 'zone', line, column: 1 };
}

function dataOf(type: string, value: string) {
  if (type === 'SOA') return SOA.read(tokenize(value), { origin: ORIGIN, source: 'file' });
  return parseValues(type, [` ${value}`.slice(type === 'TXT' ? 1 : 0)], ORIGIN)[0]!;
}
