import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { integer, parse } from '../../changes/inputs.ts';
import type { Context } from '../../context.ts';
import { behaviours } from '../../edge/node/behaviours.ts';
import type { BehaviourName } from '../../edge/node/behaviours.ts';
import { NackRule } from '../../edge/node/nack-rule.ts';
import type { NodeOptions } from '../../edge/node/run.ts';
import { refuseSecrets } from '../../edge/push/endpoint.ts';
import { nodeName } from '../../edge/protocol/frames.ts';
import { isLoopback } from '../../edge/loopback.ts';
import { loadVerifier } from '../../edge/signature.ts';
import { NetgoatError } from '../../errors.ts';
import type { RawInput } from '../spec.ts';
import { addressOf, certificates, edgeTokenOf, period, tlsOf } from './inputs.ts';

const schema = z.object({
  state: z.string().min(1, 'must name a folder'),
  node: nodeName.optional(),
  lag: period.default(0),
  reportEvery: period.refine((ms) => ms > 0, 'must be longer').optional(),
  badGatewayStreak: integer(0, 1_000_000).optional(),
  nack: z.string().optional(),
  nackVersion: z.array(integer(0, Number.MAX_SAFE_INTEGER)).default([]),
  nackHostname: z.array(z.string()).default([]),
});

/**
 * What the flags of `sync edge-node` make of a node.
 * @throws NetgoatError usage: they do not fit together, or a file that they name cannot be read.
 */
export async function nodeOptions(context: Context, input: RawInput): Promise<NodeOptions> {
  const { state, node, lag, nack, nackVersion, nackHostname, ...reports } = parse(schema, input);
  const folder = (path: string): string => resolve(context.world.cwd, path);
  const { verifyKey } = input;
  return {
    name: node ?? nameOf(hostname()),
    folder: folder(state),
    way: await wayOf(context, input),
    behaviours: (Object.keys(behaviours) as BehaviourName[]).filter((name) => input[inCamels(name)] === true),
    nack: nack === undefined ? null : new NackRule(nack, { versions: nackVersion, hostnames: nackHostname }),
    lagMs: lag,
    reports: reportsOf(reports),
    verify: verifyKey === undefined ? null : await loadVerifier(folder(String(verifyKey))),
    once: input['once'] === true,
  };
}

function reportsOf({
  reportEvery,
  badGatewayStreak,
}: Partial<z.output<typeof schema>>): NodeOptions['reports'] {
  if (reportEvery !== undefined) return { everyMs: reportEvery, streak: badGatewayStreak ?? null };
  if (badGatewayStreak === undefined) return null;
  throw new NetgoatError('usage', '--bad-gateway-streak goes with --report-every');
}

async function wayOf(context: Context, input: RawInput): Promise<NodeOptions['way']> {
  const { connect, listen, ca, reportEvery } = input;
  if ((connect === undefined) === (listen === undefined)) {
    throw new NetgoatError('usage', 'an edge node takes one of --connect and --listen', {
      hint: '--connect dials `netgoat sync serve`, --listen waits for `netgoat sync push`',
    });
  }
  const token = await edgeTokenOf(context, input);
  if (connect !== undefined) {
    const insecure = input['insecure'] === true;
    const trusted = ca === undefined ? undefined : await certificates(context, String(ca));
    return { to: 'connect', url: urlOf(String(connect), insecure), token, ca: trusted, insecure };
  }
  if (reportEvery !== undefined) {
    throw new NetgoatError(
      'usage',
      '--report-every goes with --connect: `netgoat sync push` takes no reports',
    );
  }
  return { to: 'listen', ...addressOf(String(listen)), token, tls: await tlsOf(context, input) };
}

function urlOf(text: string, insecure: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^wss?:$/.test(url.protocol)) {
    // It may hold a password.
    const shown = text.includes('@') ? 'this' : `"${text}"`;
    throw new NetgoatError('usage', `--connect takes the URL of a control plane, not ${shown}`, {
      hint: 'for example: ws://127.0.0.1:8787, or wss://control.example.com',
    });
  }
  refuseSecrets(url);
  if (url.protocol === 'wss:' || insecure || isLoopback(url.hostname)) return text;
  throw new NetgoatError('usage', `${url.host} is elsewhere, and the token would go there in the clear`, {
    hint: 'use wss://, or --insecure',
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
