import { recordWriter, serversFirst, writeHead } from '../../src/dns/master-file/write.ts';
import type { Head, StoredRecord, Style } from '../../src/dns/master-file/write.ts';

/** The master file of a zone whose records come in order, those of the apex first, with the pieces that export puts together. */
export function masterFileOf(zone: Head & { records: readonly StoredRecord[] }, style: Style): string {
  const lines = [...writeHead(zone, style), ...serversFirst(zone.records).map(recordWriter(zone, style))];
  return lines.map((line) => `${line}\n`).join('');
}
