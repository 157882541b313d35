import { readFile } from 'node:fs/promises';
import { idnToAscii } from '../../src/dns/idn.ts';
import type { FileRecord } from '../../src/dns/master-file/file-record.ts';
import { absoluteName } from '../../src/dns/names.ts';
import { formatValue } from '../../src/dns/record.ts';
import { SOA } from '../../src/dns/types/soa.ts';

/** Types whose data is text in which case counts. */
const TEXT = new Set(['TXT', 'CAA', 'NAPTR']);

/**
 * The lines of named-compilezone in one form: single blanks, names in lower case. It writes a record as
 * `owner TTL IN TYPE data`, one a line, with absolute names.
 */
export async function oracleLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'latin1');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, owner = '', ttl = '', type = '', data = ''] =
        /^(\S+)\s+(\d+)\s+IN\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return [
        asALabels(owner.toLowerCase()),
        ttl,
        type,
        TEXT.has(type) ? data : asALabels(data.toLowerCase()),
      ].join(' ');
    });
}

/** What netgoat read, in the same form. */
export function ownLine(record: FileRecord, origin: string): string {
  const data = record.type === 'SOA' ? SOA.write(record.data) : formatValue(record.type, record.data);
  return [absoluteName(record.name, origin), record.ttl, record.type, data].join(' ');
}

/**
 * netgoat converts names typed in Unicode to A-labels, where BIND keeps their UTF-8 octets (`\195\188`); the labels
 * of the oracle are converted the same way.
 */
function asALabels(names: string): string {
  return names.replace(/[^. ]*\\(?:19[5-9]|2[0-4]\d)[^. ]*/g, (label) => {
    const octets = label.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number(digits)));
    const unicode = Buffer.from(octets, 'latin1').toString('utf8');
    return unicode.includes('\ufffd') ? label : idnToAscii(unicode);
  });
}
