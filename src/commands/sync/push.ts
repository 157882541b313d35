import { edgeFormat } from '../../edge/formats/edge.ts';
import { deltasTo } from '../../edge/push/deltas.ts';
import type { PushJob } from '../../edge/push/job.ts';
import { pushAll } from '../../edge/push/push.ts';
import type { PushRow } from '../../edge/push/row.ts';
import { fileSource, storeSource } from '../../edge/push/source.ts';
import type { Source } from '../../edge/push/source.ts';
import { withNotice } from '../../interruption.ts';
import { withProgress } from '../../output/progress.ts';
import { inert } from '../../output/sanitize.ts';
import { requireScope } from '../../queries/access.ts';
import { slugsWithin } from '../../queries/teams.ts';
import { readVersion } from '../../queries/version.ts';
import { list } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { checkSelection } from '../print.ts';
import type { Call, InspectSpec } from '../spec.ts';
import { pushInput, pushOptions } from './push-options.ts';
import type { PushInput } from './push-options.ts';
import { counted, namesakes, nextOf, pushColumns } from './push-view.ts';
import { PushWatcher } from './push-watch.ts';
import { signerOf } from './sign.ts';

export const push: InspectSpec = {
  name: 'push',
  summary: 'bring edges to the current state, and wait until each has confirmed it',
  effect: 'inspect',
  list: true,
  args: [{ name: 'url', description: 'of an edge: wss://…; ws://… for this machine', variadic: true }],
  options: [{ flags: '--team <slug>', description: 'only the domains of this team' }, ...pushOptions],
  examples: [
    'netgoat sync push wss://edge-1.example.com/sync wss://edge-2.example.com/sync',
    'netgoat sync push ws://127.0.0.1:8787 --team acme --timeout 10s -o json',
    'netgoat sync push wss://edge-1.example.com/sync --file edge.json',
  ],
  inspect: async (context, open, input) => {
    // Bare --json asks for the names of the fields.
    if (input['json'] === '') return list<PushRow>([], pushColumns, '');
    checkSelection(context, pushColumns, input);
    const options = await pushInput(context, input);
    const signer = await signerOf(context, input);
    if (options.insecure) {
      context.warn('--insecure: whoever answers is taken for the edge, and others may read along');
    }
    const call = await open();
    requireScope(call.access, 'write');
    const source = await sourceOf(call, options);
    const { signature, payload } = source;
    if (signer !== null && signature !== null) {
      context.warn(`the signature of ${inert(options.file!.name)} is replaced by that of --sign-key`);
    }
    try {
      const sign = signer ?? (signature === null ? null : () => signature);
      return outcomeOf(call, payload.version, await run(call, options, source, sign));
    } finally {
      await payload.close();
    }
  },
};

async function sourceOf({ store, access, context }: Call, { file }: PushInput): Promise<Source> {
  if (file === null) return storeSource(store, { teams: access.teams, domain: null }, context.world.now());
  const slugs = access.teams === null ? null : await slugsWithin(store, access);
  const source = await fileSource(file.path, inert(file.name), slugs);
  const [{ version }, { value }] = [source.payload, await readVersion(store)];
  if (version > value) {
    const what = `${inert(file.name)} is of version ${version}, and this database is at ${value}`;
    context.warn(`${what}: it is from another one, and \`sync status\` cannot tell what its edges lack`);
  }
  return source;
}

async function run(
  { store, access, context }: Call,
  options: PushInput,
  source: Source,
  sign: PushJob['sign'],
): Promise<PushRow[]> {
  const { stderr, env, now } = context.world;
  const { payload, generatedAt } = source;
  const { version, checksum } = payload;
  const { urls, timeoutMs, retries, token, ca, insecure, file } = options;
  const signature = sign?.({ version, checksum }) ?? null;
  return withProgress(stderr, env['TERM'] !== 'dumb', async (progress) => {
    const watch = new PushWatcher(urls, version, progress, context.warn);
    const say = (): void => {
      progress.clear();
      stderr.write(`${stderr.isTTY ? '\n' : ''}${watch.interrupted()}`);
    };
    const job = {
      store,
      sign,
      token,
      ca,
      insecure,
      timeoutMs,
      retries,
      watch,
      now,
      teams: [...(access.teams ?? [])].toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
      state: payload,
      // What is in a file need not be what the store had at its version.
      delta:
        file === null ? deltasTo(store, { teams: access.teams, domain: null }, payload) : async () => null,
      plain: options.ack ? null : () => edgeFormat(payload, { generatedAt, signature }),
    };
    return withNotice(say, () => pushAll(job, urls, (row) => watch.done(row)));
  });
}

/** Only what every edge has confirmed is done; what was not asked to be confirmed is only sent. */
function outcomeOf({ context }: Call, version: number, rows: PushRow[]): Outcome {
  for (const line of namesakes(rows)) context.warn(inert(line));
  const short = rows.filter(({ result }) => result !== 'acked' && result !== 'sent');
  if (short.length === 0) {
    const sent = rows.filter(({ result }) => result === 'sent').length;
    const note = sent > 0 ? `Sent to ${counted(sent)}, unconfirmed` : `${counted(rows.length)} confirmed`;
    return list(rows, pushColumns, '', { note: `${note}: version ${version}` });
  }
  const finding = `${short.length} of ${counted(rows.length)} did not confirm version ${version}`;
  return list(rows, pushColumns, '', { finding, code: 'edge', next: nextOf(short) });
}
