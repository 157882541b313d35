import { escapeForJson } from '../../output/sanitize.ts';
import type { Payload } from '../payload.ts';
import { SCHEMA } from '../schema.ts';
import type { Signature } from '../schema.ts';

/** The whole payload as one JSON object, two blanks deep, laid out as JSON.stringify does. */
export async function* edgeFormat(
  payload: Payload,
  { generatedAt, signature }: { generatedAt: Date; signature: Signature | null },
): AsyncGenerator<string> {
  const { version, checksum, count } = payload;
  const head = { schema: SCHEMA, version, generatedAt: generatedAt.toISOString(), checksum };
  const frame = JSON.stringify({ ...head, ...(signature && { signature }), domains: [] }, null, 2);
  if (count === 0) return yield `${frame}\n`;
  yield frame.slice(0, frame.lastIndexOf(']'));
  let comma = '';
  for await (const domain of payload.lines()) {
    const text = JSON.stringify(JSON.parse(domain), null, 2).replaceAll('\n', '\n    ');
    yield `${comma}\n    ${escapeForJson(text)}`;
    comma = ',';
  }
  yield '\n  ]\n}\n';
}
