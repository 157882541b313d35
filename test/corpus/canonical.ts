import { readFile } from 'node:fs/promises';
import { idnToAscii } from '../../src/dns/idn.ts';
import type { FileRecord } from '../../src/dns/master-file/file-record.ts';
import { absoluteName } from '../../src/dns/names.ts';
import { formatValue, recordType } from '../../src/dns/record.ts';
import { tokenize } from '../../src/dns/tokens.ts';
import { SOA } from '../../src/dns/types/soa.ts';

/** How the data of the core types is brought into one form, without netgoat's own reading of it. */
const FORMS: Record<string, (data: string) => string> = {
  TXT: (data) => data,
  CAA: (data) => data,
  // BIND has the last 32 bits of some addresses in dots; the URL parser of the web never has.
  AAAA: (data) => new URL(`http://[${data}]`).hostname.slice(1, -1),
  ...Object.fromEntries(
    ['A', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV'].map((type) => [
      type,
      (data: string) => asALabels(data.toLowerCase()),
    ]),
  ),
};

/** The other types are only looked at for what is skipped: BIND cuts their hex in pieces and quotes less. */
function readAgain(type: string, data: string): string {
  try {
    const entry = recordType(type);
    return entry.write(entry.read(tokenize(data, entry.pairs), { origin: '', source: 'file' }));
  } catch {
    return data;
  }
}

/**
 * The lines of named-compilezone in one form: single blanks, names in lower case. It writes a record as
 * `owner TTL IN TYPE data`, one a line, with absolute names.
 */
export async function oracleLines(file: string): Promise<string[]> {
  const content = await readFile(file, 'latin1');
  return content
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(';'))
    .map((line) => {
      const [, owner = '', ttl = '', type = '', data = ''] =
        /^(\S+)\s+(\d+)\s+IN\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      const name = type === 'TYPE65401' ? 'ALIAS' : type;
      const form = FORMS[type] ?? ((text: string) => readAgain(type, text));
      return [asALabels(owner.toLowerCase()), ttl, name, form(data)].join(' ');
    });
}

/** What netgoat read, in the same form. */
export function ownLine(record: FileRecord, origin: string): string {
  const text = record.type === 'SOA' ? SOA.write(record.data) : formatValue(record.type, record.data);
  const data = record.type === 'AAAA' ? FORMS['AAAA']!(text) : text;
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
