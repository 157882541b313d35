import { createReadStream } from 'node:fs';
import { newChecksum } from '../checksum.ts';
import { SCHEMA, signature } from '../schema.ts';
import type { EdgeDomain, Signature } from '../schema.ts';
import { splitLines } from '../spool.ts';

/** What a payload says of itself. */
export interface Stamp {
  readonly version: number;
  readonly checksum: string;
  readonly signature?: Signature | undefined;
}

/** A payload that is held, and how many domains it has. */
export interface Held extends Stamp {
  readonly count: number;
}

/** The file is not what was written. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/**
 * Reads a state file from end to end.
 * @returns what it holds; null where there is none.
 * @throws Damaged: half of it is missing, or it was changed.
 */
export async function checkState(path: string): Promise<Held | null> {
  const checksum = newChecksum();
  let header: unknown;
  let last: unknown;
  let count = -1;
  try {
    for await (const line of fileLines(path)) {
      if (count === -1) header = JSON.parse(line);
      // What follows shows that a line was a domain, and not the trailer.
      else if (count > 0) checksum.add(last as EdgeDomain);
      if (count >= 0) last = JSON.parse(line);
      count += 1;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Damaged((error as Error).message, { cause: error });
  }
  return stampOf(header, last, { checksum: checksum.digest(), count: Math.max(count - 1, 0) });
}

function stampOf(header: unknown, trailer: unknown, found: { checksum: string; count: number }): Held {
  const { schema, version } = fieldsOf(header);
  const { checksum, domains, signature: signed } = fieldsOf(trailer);
  if (schema !== SCHEMA || !Number.isSafeInteger(version))
    throw new Damaged('its first line is not a header');
  if (checksum !== found.checksum || domains !== found.count) {
    throw new Damaged('its domains do not give the checksum of its last line');
  }
  return { version: version as number, ...found, signature: signature.safeParse(signed).data };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A domain, and the line that it is kept as. */
export interface Kept {
  readonly line: string;
  readonly domain: EdgeDomain;
}

/** The domains of a state file that was checked. */
export async function* keptDomains(path: string): AsyncGenerator<Kept> {
  let before: string | undefined;
  let isHeader = true;
  for await (const line of fileLines(path)) {
    if (isHeader) isHeader = false;
    else {
      if (before !== undefined) yield keep(before);
      before = line;
    }
  }
}

/** Reads a line of a domain that was checked before it was written. */
export function keep(line: string): Kept {
  return { line, domain: JSON.parse(line) as EdgeDomain };
}

function fileLines(path: string): AsyncGenerator<string> {
  return splitLines(createReadStream(path, { encoding: 'utf8' }));
}
