import { absoluteName } from '../names.ts';
import type { RecordData } from '../record-type.ts';
import { recordType } from '../record.ts';
import { ALIAS } from '../types/alias.ts';
import { SOA } from '../types/soa.ts';
import type { SoaData } from '../types/soa.ts';
import { nameOctets } from '../wire.ts';
import { DISABLED } from './entries.ts';
import { writeRemark } from './remark.ts';

/** A record as it is stored, in the words of this part of the house. */
export interface StoredRecord {
  name: string;
  type: string;
  data: RecordData;
  ttl: number;
  proxied: boolean;
  enabled: boolean;
  comment: string;
  tags: readonly string[];
}

/** What stands above the records of a zone. */
export interface Head {
  origin: string;
  defaultTtl: number;
  soa: { ttl: number; data: SoaData };
}

/** How a file is written. */
export interface Style {
  /** Names in full, and no `$ORIGIN`. */
  absolute: boolean;
  /** ALIAS by its name, which only netgoat and a few others read, instead of `TYPE65401` (RFC 3597). */
  aliasByName?: boolean;
}

/** Records in the order of a master file: the name servers of the apex first, the others as they are given. */
export function serversFirst<R extends Pick<StoredRecord, 'name' | 'type'>>(records: readonly R[]): R[] {
  const isServer = ({ name, type }: R): boolean => name === '@' && type === 'NS';
  return [...records.filter(isServer), ...records.filter((record) => !isServer(record))];
}

/** The lines of the directives and the SOA. */
export function writeHead({ origin, defaultTtl, soa }: Head, { absolute }: Style): string[] {
  const zone = absoluteName('@', origin);
  return [
    ...(absolute ? [] : [`$ORIGIN ${zone}`]),
    `$TTL ${defaultTtl}`,
    [absolute ? zone : '@', ttlText(soa.ttl, defaultTtl), 'IN', 'SOA', SOA.write({ ...soa.data })].join('\t'),
  ];
}

/** Gives what makes the line, without its end, of each record of a zone. */
export function recordWriter(
  { origin, defaultTtl }: Pick<Head, 'origin' | 'defaultTtl'>,
  { absolute, aliasByName = false }: Style,
): (record: StoredRecord) => string {
  return (record) => {
    const owner = absolute ? absoluteName(record.name, origin) : record.name;
    const [type, value] = inWords(record, aliasByName);
    const line = [owner, ttlText(record.ttl, defaultTtl), 'IN', type, value].join('\t');
    const remark = writeRemark(record);
    return `${record.enabled ? '' : DISABLED}${line}${remark === '' ? '' : ` ; ${remark}`}`;
  };
}

function inWords({ type, data }: StoredRecord, aliasByName: boolean): [type: string, value: string] {
  const { name, write } = recordType(type);
  if (name !== ALIAS.name || aliasByName) return [name, write(data)];
  const octets = nameOctets(String(data['target']));
  return [`TYPE${ALIAS.code}`, `\\# ${octets.length} ${octets.toString('hex')}`];
}

/** A bare 1 would be `automatic` to who reads Cloudflare's exports; one second has its unit. */
function ttlText(ttl: number, defaultTtl: number): string {
  if (ttl === defaultTtl) return '';
  return ttl === 1 ? '1s' : String(ttl);
}
