import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A file of the corpus, as its index has it; an accept has the output of a name server to be compared with. */
const indexEntry = z.object({
  file: z.string(),
  origin: z.string(),
  consensus: z.enum(['accept', 'reject']),
  level: z.string().optional(),
  core_types_only: z.boolean(),
  canonical: z.string().optional(),
  oracle_wrapped: z.boolean().optional(),
  uses: z.array(z.string()).optional(),
});

export type CorpusEntry = z.output<typeof indexEntry>;

/** @throws ZodError: it is no index, or one of nothing: a run on that would judge nothing, and pass. */
export async function readIndex(corpus: string): Promise<CorpusEntry[]> {
  const index: unknown = JSON.parse(await readFile(join(corpus, 'index.json'), 'utf8'));
  return z.array(indexEntry).nonempty().parse(index);
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
