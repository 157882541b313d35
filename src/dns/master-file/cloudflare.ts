import { absoluteName } from '../names.ts';
import type { FileRecord } from './file-record.ts';
import { MARK } from './remark.ts';

/** Whom the SOA of its zones names. */
const MAILBOX = 'dns.cloudflare.com.';

/**
 * The records of a file as Cloudflare means them, if it wrote the file: its exports have the name of the SOA without
 * the last dot, and a TTL of 1, which is automatic, beside records without a remark too. In other files a 1 is one
 * second: their records come back with `ttlIsOne` false.
 */
export function asExported<R extends FileRecord>(records: readonly R[], origin: string): readonly R[] {
  const theirs = records.some(({ remark, type, data }) => {
    return remark.includes(MARK) || (type === 'SOA' && data['rname'] === MAILBOX);
  });
  if (!theirs && !records.some(({ ttlIsOne }) => ttlIsOne)) return records;
  const zone = absoluteName('@', origin).slice(0, -1);
  return records.map((record) => {
    if (record.ttlIsOne && !theirs) return { ...record, ttlIsOne: false };
    return theirs && record.type === 'SOA' && record.name === zone ? { ...record, name: '@' } : record;
  });
}
