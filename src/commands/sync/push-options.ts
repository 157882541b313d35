import { resolve } from 'node:path';
import { z } from 'zod';
import { duration, integer, parse } from '../../changes/inputs.ts';
import type { Context } from '../../context.ts';
import { endpointsOf } from '../../edge/push/endpoint.ts';
import type { OptionSpec, RawInput } from '../spec.ts';
import { certificates, edgeTokenOf } from './inputs.ts';
import { signOption } from './sign.ts';

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
  {
    ...signOption,
    description: `${signOption.description}; with --file, in place of the signature that it has`,
  },
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
    token: await edgeTokenOf(context, input),
    ca: ca === undefined ? undefined : await certificates(context, String(ca)),
    insecure,
    file: file === undefined ? null : { path: resolve(context.world.cwd, String(file)), name: String(file) },
  };
}
