import { escapeForJson } from '../../output/sanitize.ts';
import type { Payload } from '../payload.ts';
import { SCHEMA } from '../schema.ts';
import type { Signature } from '../schema.ts';

/** The first line, without its end. */
export function ndjsonHeader(version: number, generatedAt: Date): string {
  return JSON.stringify({ schema: SCHEMA, version, generatedAt: generatedAt.toISOString() });
}

/** The last line, without its end. */
export function ndjsonTrailer(checksum: string, domains: number, signature?: Signature | null): string {
  return JSON.stringify({ checksum, domains, ...(signature && { signature }) });
}

/** A header line, a line a domain, and a trailer that proves that nothing is missing; each a JSON object. */
export async function* ndjsonFormat(
  payload: Payload,
  { generatedAt, signature }: { generatedAt: Date; signature: Signature | null },
): AsyncGenerator<string> {
  const { version, checksum, count } = payload;
  yield `${ndjsonHeader(version, generatedAt)}\n`;
  for await (const domain of payload.lines()) yield `${escapeForJson(domain)}\n`;
  yield `${ndjsonTrailer(checksum, count, signature)}\n`;
}
