import { escapeForJson } from '../../output/sanitize.ts';
import type { Payload } from '../payload.ts';
import { SCHEMA } from '../schema.ts';
import type { Signature } from '../schema.ts';

/** A header line, a line a domain, and a trailer that proves that nothing is missing; each a JSON object. */
export async function* ndjsonFormat(
  payload: Payload,
  { generatedAt, signature }: { generatedAt: Date; signature: Signature | null },
): AsyncGenerator<string> {
  const { version, checksum, count } = payload;
  yield line({ schema: SCHEMA, version, generatedAt: generatedAt.toISOString() });
  for await (const domain of payload.lines()) yield `${escapeForJson(domain)}\n`;
  yield line({ checksum, domains: count, ...(signature && { signature }) });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
