import { exportFile } from '../../edge/export-file.ts';
import { edgeFormats } from '../../edge/formats.ts';
import type { EdgeFormatName } from '../../edge/formats.ts';
import { readPayload } from '../../edge/payload.ts';
import type { Payload } from '../../edge/payload.ts';
import type { EdgeScope } from '../../edge/scope.ts';
import { inert } from '../../output/sanitize.ts';
import { findDomain } from '../../queries/domains.ts';
import { checkTarget } from '../../whole-file.ts';
import { outOf, outOptions } from '../out-file.ts';
import { stream, text } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Call, RawInput, ReadSpec } from '../spec.ts';

const formatNames = Object.keys(edgeFormats);

export const show: ReadSpec = {
  name: 'show',
  summary: 'print the payload that the edges are sent',
  effect: 'read',
  raw: true,
  forEdges: true,
  options: [
    { flags: '--domain <hostname>', description: 'of this domain alone' },
    { flags: '--format <format>', description: `how: ${formatNames[0]} by default`, choices: formatNames },
    ...outOptions,
  ],
  examples: [
    'netgoat sync show --domain shop.example.com',
    'netgoat sync show --team acme --out edge.json',
    'netgoat sync show --format ndjson | jq .hostname',
  ],
  read: async (call, input) => {
    const force = input['force'] === true;
    const path = outOf(call, input);
    if (path !== null) await checkTarget(path, force);
    const payload = await readPayload(call.store, await scopeOf(call, input));
    const format = edgeFormats[(input['format'] ?? formatNames[0]) as EdgeFormatName];
    const chunks = () => format(payload, call.context.world.now());
    return path === null
      ? stream(untilClosed(payload, chunks()))
      : writeFile(call, payload, path, () => exportFile(path, chunks, { force }));
  },
};

async function scopeOf({ store, access, context }: Call, input: RawInput): Promise<EdgeScope> {
  if (input['domain'] === undefined) return { teams: access.teams, domain: null };
  const { _id: id, teamId, hostname, enabled } = await findDomain(store, access, String(input['domain']));
  if (!enabled) context.warn(`${inert(hostname)} is disabled: the edges are not sent it`);
  return { teams: access.teams, domain: { id, teamId } };
}

/** Says on stderr what was written; stdout stays empty. */
async function writeFile(
  { context }: Call,
  payload: Payload,
  path: string,
  write: () => Promise<number>,
): Promise<Outcome> {
  try {
    const bytes = await write();
    const { version, checksum, count } = payload;
    const what = `${bytes} bytes, ${count} domain${count === 1 ? '' : 's'}, version ${version}, checksum ${checksum}`;
    context.world.stderr.write(`Wrote ${inert(path)}: ${what}\n`);
    return text('');
  } finally {
    await payload.close();
  }
}

async function* untilClosed(payload: Payload, chunks: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* chunks;
  } finally {
    await payload.close();
  }
}
