import { exportFile } from '../../edge/export-file.ts';
import { edgeFormats } from '../../edge/formats.ts';
import type { EdgeFormat, EdgeFormatName, Shown } from '../../edge/formats.ts';
import type { EdgeScope } from '../../edge/scope.ts';
import { NetgoatError } from '../../errors.ts';
import { inert } from '../../output/sanitize.ts';
import { findDomain } from '../../queries/domains.ts';
import { checkTarget } from '../../whole-file.ts';
import { outOf, outOptions } from '../out-file.ts';
import { stream, text } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Call, RawInput, ReadSpec } from '../spec.ts';
import { signerOf, signOption } from './sign.ts';

const formatNames = Object.keys(edgeFormats);

export const show: ReadSpec = {
  name: 'show',
  summary: 'print the payload that the edges are sent (docs/edge-payload.md)',
  effect: 'read',
  raw: true,
  forEdges: true,
  options: [
    { flags: '--domain <hostname>', description: 'of this domain alone' },
    {
      flags: '--format <format>',
      description:
        `how: ${formatNames[0]} by default; ndjson for any size; zone is a master file for each domain, ` +
        'all in one stream',
      choices: formatNames,
    },
    signOption,
    ...outOptions,
  ],
  examples: [
    'netgoat sync show --domain shop.example.com',
    'netgoat sync show --team acme --out edge.json --sign-key sign.pem',
    'netgoat sync show --format ndjson | jq -r ".hostname // empty"',
    'netgoat sync show --domain shop.example.com --format zone',
  ],
  read: async (call, input) => {
    const force = input['force'] === true;
    const path = outOf(call, input);
    if (path !== null) await checkTarget(path, force);
    const name = (input['format'] ?? formatNames[0]) as EdgeFormatName;
    const format: EdgeFormat = edgeFormats[name];
    if (input['signKey'] !== undefined && !format.signs) throw unsigned(name);
    const showing = {
      generatedAt: call.context.world.now(),
      sign: await signerOf(call.context, input),
      note: call.context.warn,
    };
    const shown = await format.read(call.store, await scopeOf(call, input), showing);
    return path === null ? stream(untilClosed(shown)) : writeFile(call, shown, path, force);
  },
};

function unsigned(name: string): NetgoatError {
  const able = formatNames.filter((each) => edgeFormats[each as EdgeFormatName].signs);
  return new NetgoatError('usage', `the format ${name} has no place for a signature`, {
    hint: `--sign-key goes with ${able.join(' and ')}`,
  });
}

async function scopeOf({ store, access, context }: Call, input: RawInput): Promise<EdgeScope> {
  if (input['domain'] === undefined) return { teams: access.teams, domain: null };
  const { _id: id, teamId, hostname, enabled } = await findDomain(store, access, String(input['domain']));
  if (!enabled) context.warn(`${inert(hostname)} is disabled: the edges are not sent it`);
  return { teams: access.teams, domain: { id, teamId } };
}

/** Says on stderr what was written; stdout stays empty. */
async function writeFile({ context }: Call, shown: Shown, path: string, force: boolean): Promise<Outcome> {
  try {
    const bytes = await exportFile(path, () => shown.chunks(), { force });
    context.world.stderr.write(`Wrote ${inert(path)}: ${bytes} bytes, ${shown.summary}\n`);
    return text('');
  } finally {
    await shown.close();
  }
}

async function* untilClosed(shown: Shown): AsyncGenerator<string> {
  try {
    yield* shown.chunks();
  } finally {
    await shown.close();
  }
}
