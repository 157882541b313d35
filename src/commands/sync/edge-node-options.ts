import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { duration, integer, parse } from '../../changes/inputs.ts';
import type { Context } from '../../context.ts';
import { behaviours } from '../../edge/node/behaviours.ts';
import type { BehaviourName } from '../../edge/node/behaviours.ts';
import { NackRule } from '../../edge/node/nack-rule.ts';
import type { NodeOptions } from '../../edge/node/run.ts';
import { nodeName } from '../../edge/protocol/frames.ts';
import { loadVerifier } from '../../edge/signature.ts';
import { NetgoatError } from '../../errors.ts';
import { readInput } from '../input-files.ts';
import type { RawInput } from '../spec.ts';

const MOST_PEM = 1024 * 1024;
const MOST_TOKEN = 4 * 1024;

/** Milliseconds, of what is typed as `200ms` or as other durations are. */
const period = z.union([
  z
    .string()
    .regex(/^\d{1,9}ms$/)
    .transform((text) => parseInt(text, 10)),
  duration.transform((seconds) => seconds * 1_000),
]);

const schema = z.object({
  state: z.string().min(1, 'must name a folder'),
  node: nodeName.optional(),
  lag: period.default(0),
  reportEvery: period.refine((ms) => ms > 0, 'must be longer').optional(),
  nack: z.string().optional(),
  nackVersion: z.array(integer(0, Number.MAX_SAFE_INTEGER)).default([]),
  nackHostname: z.array(z.string()).default([]),
});

/**
 * What the flags of `sync edge-node` make of a node.
 * @throws NetgoatError usage: they do not fit together, or a file that they name cannot be read.
 */
export async function nodeOptions(context: Context, input: RawInput): Promise<NodeOptions> {
  const { state, node, lag, reportEvery, nack, nackVersion, nackHostname } = parse(schema, input);
  const folder = (path: string): string => resolve(context.world.cwd, path);
  const { verifyKey } = input;
  return {
    name: node ?? nameOf(hostname()),
    folder: folder(state),
    way: await wayOf(context, input),
    behaviours: (Object.keys(behaviours) as BehaviourName[]).filter((name) => input[inCamels(name)] === true),
    nack: nack === undefined ? null : new NackRule(nack, { versions: nackVersion, hostnames: nackHostname }),
    lagMs: lag,
    reportEveryMs: reportEvery ?? null,
    verify: verifyKey === undefined ? null : await loadVerifier(folder(String(verifyKey))),
    once: input['once'] === true,
  };
}

async function wayOf(context: Context, input: RawInput): Promise<NodeOptions['way']> {
  const { connect, listen, ca, insecure, cert, key } = input;
  if ((connect === undefined) === (listen === undefined)) {
    throw new NetgoatError('usage', 'an edge node takes one of --connect and --listen', {
      hint: '--connect dials `netgoat sync serve`, --listen waits for `netgoat sync push`',
    });
  }
  const file = (path: unknown) => readInput(context, String(path), MOST_PEM);
  const token = await tokenOf(context, input);
  if (connect !== undefined) {
    const url = urlOf(String(connect));
    return {
      to: 'connect',
      url,
      token,
      ca: ca === undefined ? undefined : await file(ca),
      insecure: insecure === true,
    };
  }
  if (input['reportEvery'] !== undefined) {
    throw new NetgoatError(
      'usage',
      '--report-every goes with --connect: `netgoat sync push` takes no reports',
    );
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new NetgoatError('usage', '--cert and --key go together');
  }
  const tls = cert === undefined ? null : { cert: await file(cert), key: await file(key) };
  return { to: 'listen', ...addressOf(String(listen)), token, tls };
}

async function tokenOf(context: Context, { tokenFile }: RawInput): Promise<string | undefined> {
  const token =
    tokenFile === undefined
      ? await context.config.edgeToken()
      : (await readInput(context, String(tokenFile), MOST_TOKEN)).trim();
  return token === '' ? undefined : token;
}

function urlOf(text: string): string {
  if (URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol)) return text;
  throw new NetgoatError('usage', `--connect takes the URL of a control plane, not "${text}"`, {
    hint: 'for example: ws://127.0.0.1:8080, or wss://control.example.com',
  });
}

function addressOf(text: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new NetgoatError('usage', `--listen takes HOST:PORT, not "${text}"`, {
    hint: 'for example: 127.0.0.1:8787, or [::1]:0 for a free port',
  });
}

/** The name of a machine as that of a node: what cannot be in one becomes a hyphen. */
function nameOf(machine: string): string {
  return (
    nodeName.safeParse(machine).data ?? `edge-${machine.replaceAll(/[^0-9A-Za-z._-]/g, '-')}`.slice(0, 128)
  );
}

function inCamels(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
