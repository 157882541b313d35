import { resolve } from 'node:path';
import { z } from 'zod';
import { duration, integer, parse } from '../../changes/inputs.ts';
import type { Context } from '../../context.ts';
import { endpointsOf } from '../../edge/push/endpoint.ts';
import { NetgoatError } from '../../errors.ts';
import { readInput } from '../input-files.ts';
import type { OptionSpec, RawInput } from '../spec.ts';
import { signOption } from './sign.ts';

const MOST_PEM = 1024 * 1024;
const MOST_TOKEN = 4 * 1024;
const TIMEOUT = '1m';
const RETRIES = '3';

export const pushOptions: OptionSpec[] = [
  { flags: '--file <file>', description: 'push this export (format edge or ndjson), not the current state' },
  { flags: '--timeout <time>', description: `how long each edge is given in all: ${TIMEOUT} by default` },
  { flags: '--retries <n>', description: `how often to try again: ${RETRIES} times by default` },
  { flags: '--no-ack', description: 'send one message to what does not speak netgoat.edge.v1' },
  { flags: '--token-file <file>', description: 'the bearer token to show, instead of NETGOAT_EDGE_TOKEN' },
  { flags: '--ca <file>', description: 'trust these certificates (PEM) and no others' },
  { flags: '--insecure', description: 'take any certificate, and send without TLS' },
  signOption,
];

const schema = z.object({
  timeout: duration.pipe(z.number().min(1, 'must be at least a second').max(86_400)).prefault(TIMEOUT),
  retries: integer(0, 1_000).prefault(RETRIES),
});

/** What was typed of how to push. */
export interface PushInput {
  urls: string[];
  timeoutMs: number;
  retries: number;
  ack: boolean;
  token: string | undefined;
  ca: string | undefined;
  insecure: boolean;
  /** The export to push. */
  file: { path: string; name: string } | null;
}

/** @throws NetgoatError usage: a URL, a number or a file that cannot be used. */
export async function pushInput(context: Context, input: RawInput): Promise<PushInput> {
  const { timeout, retries } = parse(schema, { timeout: input['timeout'], retries: input['retries'] });
  const insecure = input['insecure'] === true;
  const urls = endpointsOf(input['url'] as string[], insecure);
  const { ca, file } = input;
  return {
    urls,
    timeoutMs: timeout * 1_000,
    retries,
    ack: input['ack'] !== false,
    token: await tokenOf(context, input),
    ca: ca === undefined ? undefined : await certificates(context, String(ca)),
    insecure,
    file: file === undefined ? null : { path: resolve(context.world.cwd, String(file)), name: String(file) },
  };
}

/** A header takes no more than this; what it would not take Node would name in its error. */
const TOKEN = /^[\x21-\x7e]+$/;

async function tokenOf(context: Context, { tokenFile }: RawInput): Promise<string | undefined> {
  const token =
    tokenFile === undefined
      ? await context.config.edgeToken()
      : (await readInput(context, String(tokenFile), MOST_TOKEN)).trim();
  if (token === undefined || (token === '' && tokenFile === undefined)) return undefined;
  context.config.secrets.push(token);
  if (TOKEN.test(token)) return token;
  const from = tokenFile === undefined ? 'NETGOAT_EDGE_TOKEN or the rc file' : String(tokenFile);
  throw new NetgoatError('usage', `the token of ${from} is empty or has other characters than a token`, {
    hint: 'it is one line of visible ASCII characters, as `netgoat user token create` prints it',
  });
}

async function certificates(context: Context, path: string): Promise<string> {
  const text = await readInput(context, path, MOST_PEM);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new NetgoatError('usage', `${path} holds no certificate in PEM`);
}
