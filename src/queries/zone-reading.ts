import { asExported } from '../dns/master-file/cloudflare.ts';
import type { FileRecord, Problem } from '../dns/master-file/file-record.ts';
import type { Chunks } from '../dns/master-file/lines.ts';
import { readMasterFile } from '../dns/master-file/read.ts';
import type { Include } from '../dns/master-file/read.ts';
import type { Remark } from '../dns/master-file/remark.ts';
import { SOA } from '../dns/types/soa.ts';
import { setKey } from '../dns/zone.ts';
import { NetgoatError } from '../errors.ts';
import { remarkOf } from './zone-remark.ts';

/** So many records are taken at once: all of them are held while they are compared with what is stored. */
const MOST_RECORDS = 1_000_000;

/** A record of a master file, and what the comment behind it says. */
export interface RemarkedRecord extends FileRecord {
  readonly said: Remark;
}

/** What a master file says, as far as it could be read. */
export interface ZoneReading {
  /** As messages name the file. */
  name: string;
  records: readonly RemarkedRecord[];
  /** Its `$TTL`. */
  defaultTtl: number | undefined;
  /** What could not be read. */
  problems: Problem[];
  /** How many more of these there are. */
  unlisted: number;
  /** How many records were left out, by type. */
  skipped: ReadonlyMap<string, number>;
}

/**
 * Reads a master file with the remarks behind its records, all of it, whatever is wrong with a line; one that
 * Cloudflare wrote as Cloudflare means it, and a zone transfer without the SOA at its end, which is that of its
 * beginning again (RFC 5936 2.2).
 * @throws NetgoatError usage: it holds more than a million records.
 */
export async function readZone(
  { name, chunks, include }: { name: string; chunks: Chunks; include?: Include },
  {
    origin,
    fallbackTtl,
    skipTypes,
  }: { origin: string; fallbackTtl?: number; skipTypes?: ReadonlySet<string> },
): Promise<ZoneReading> {
  const records: RemarkedRecord[] = [];
  const soas = new Set<string>();
  const options = {
    origin,
    file: name,
    ...(fallbackTtl === undefined ? {} : { fallbackTtl }),
    ...(include === undefined ? {} : { include }),
    ...(skipTypes === undefined ? {} : { skipTypes }),
  };
  const read = await readMasterFile(chunks, options, (record) => {
    const said = remarkOf(record);
    if (record.type === 'SOA') {
      const soa = `${record.name} ${record.ttl} ${SOA.write(record.data)}`;
      if (soas.has(soa)) return;
      soas.add(soa);
    }
    if (records.length === MOST_RECORDS) throw tooMany(name);
    // The record is nobody else's; of a copy each a large zone would take notice.
    records.push(Object.assign(record, { said }));
  });
  return { name, records: asExported(records, origin), ...read };
}

/** @throws NetgoatError usage: there is nothing in the file, nor anything wrong with it. */
export function requireRecords({ name, records, problems, skipped }: ZoneReading): void {
  if (records.length > 0 || problems.length > 0) return;
  const others = skipped.size > 0 ? ' but those that are left out' : '';
  throw new NetgoatError('usage', `${name} holds no records${others}`, {
    hint: 'a record a line, such as: www 300 IN A 192.0.2.1',
  });
}

/**
 * What the lines of each set say of the edge, by `setKey`: what the first says that does counts for the silent ones.
 * A set that says nothing of it is not there.
 */
export function saidProxied(records: readonly RemarkedRecord[]): ReadonlyMap<string, boolean> {
  const sets = new Map<string, boolean>();
  for (const { name, type, said } of records) {
    if (said.proxied === undefined) continue;
    const key = setKey(name, type);
    if (!sets.has(key)) sets.set(key, said.proxied);
  }
  return sets;
}

function tooMany(name: string): NetgoatError {
  return new NetgoatError(
    'usage',
    `${name} has more than ${MOST_RECORDS} records, and no more are taken at once`,
    { hint: 'import it in parts, with --mode merge' },
  );
}
