import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the corpus, as its index has it. */
export interface CorpusEntry {
  file: string;
  origin: string;
  consensus: 'accept' | 'reject';
  level?: 'syntax' | 'semantic' | 'missing include file';
  core_types_only: boolean;
  canonical?: string;
  oracle_wrapped?: boolean;
  uses?: string[];
}

export async function readIndex(corpus: string): Promise<CorpusEntry[]> {
  return JSON.parse(await readFile(join(corpus, 'index.json'), 'utf8')) as CorpusEntry[];
}

/** The zone of an entry as netgoat stores one: lower case, no trailing dot; the root is empty. */
export function zoneOf({ origin }: CorpusEntry): string {
  return origin.replace(/\.$/, '').toLowerCase();
}

/** What was put in front of a file that has no SOA of its own before it was judged. */
const HEADER = [
  '$TTL 3600',
  '@ 3600 IN SOA ns.invalid. h.invalid. 1 3600 900 604800 300',
  '@ 3600 IN NS ns.invalid.',
  '',
].join('\n');

/** So many lines more than the file itself has may a line number say. */
export const HEADER_LINES = HEADER.split('\n').length - 1;

/** The octets of a file as the name servers were given them. */
export async function openEntry(corpus: string, entry: CorpusEntry): Promise<Buffer> {
  const content = await readFile(join(corpus, entry.file));
  return entry.oracle_wrapped === true ? Buffer.concat([Buffer.from(HEADER), content]) : content;
}
