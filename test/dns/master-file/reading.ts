import type { Chunks } from '../../../src/dns/master-file/lines.ts';
import { readMasterFile } from '../../../src/dns/master-file/read.ts';
import { absoluteName } from '../../../src/dns/names.ts';
import { formatValue } from '../../../src/dns/record.ts';
import { SOA } from '../../../src/dns/types/soa.ts';

/** What a file holds, a record a line, and what is wrong with it as `line:column rule`. */
export async function read(
  content: string | Chunks,
  options: { fallbackTtl?: number; mostProblems?: number; skipTypes?: ReadonlySet<string> } = {},
) {
  const records: string[] = [];
  const chunks = typeof content === 'string' ? [content] : content;
  const reading = await readMasterFile(
    chunks,
    { origin: 'example.com', file: 'zone', ...options },
    ({ name, ttl, type, data, remark, enabled }) => {
      const value = type === 'SOA' ? SOA.write(data) : formatValue(type, data);
      const line = [absoluteName(name, 'example.com'), ttl, type, value].join(' ');
      records.push(`${enabled ? '' : 'off '}${line}${remark === '' ? '' : ` ; ${remark}`}`);
    },
  );
  const problems = reading.problems.map(({ place, rule }) => `${place.line}:${place.column} ${rule}`);
  return { records, problems, reading };
}
