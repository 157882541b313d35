import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { integer, parse } from '../../changes/inputs.ts';
import { eventLines } from '../../edge/event-lines.ts';
import type { EventFormat, Happening } from '../../edge/event-lines.ts';
import { isLoopback } from '../../edge/loopback.ts';
import type { ServeOptions } from '../../edge/serve/server.ts';
import { NetgoatError } from '../../errors.ts';
import { untilTold } from '../../interruption.ts';
import type { Id } from '../../models/base.ts';
import { takeReport } from '../../observe/reports.ts';
import { openDesk } from '../desk.ts';
import type { CommandDesk } from '../desk.ts';
import { text } from '../outcome.ts';
import type { Call, RawInput, ReadSpec } from '../spec.ts';
import { addressOf, period, tlsOf, tlsOptions } from './inputs.ts';
import { signerOf, signOption } from './sign.ts';

const formats = Object.keys(eventLines) as EventFormat[];
/** How long webhooks may take once it was told to end; what is left is sent by who looks for it next. */
const SETTLE_MS = 5_000;
const REDELIVER_EVERY_MS = 60_000;
const ADDRESS = '127.0.0.1:8787';

const schema = z.object({
  timeout: period.refine((ms) => ms > 0, 'must be longer').default(30_000),
  maxNodes: integer(1, 10_000).default(1_000),
});

export const serve: ReadSpec = {
  name: 'serve',
  summary: 'serve edge nodes by WebSocket and NetGoat agents by HTTP',
  effect: 'read',
  raw: true,
  options: [
    { flags: '--listen <address>', description: `HOST:PORT: ${ADDRESS} by default; port 0 is a free one` },
    ...tlsOptions,
    { flags: '--insecure', description: 'listen without TLS on other addresses than loopback' },
    { flags: '--timeout <time>', description: 'how long a node may take to answer: 30s by default' },
    { flags: '--max-nodes <n>', description: 'connected at once: 1000 by default' },
    signOption,
    {
      flags: '--log <format>',
      description: `how it tells what it does: ${formats[0]} by default`,
      choices: formats,
    },
  ],
  examples: [
    'netgoat sync serve',
    'netgoat sync serve --listen 0.0.0.0:8443 --cert server.pem --key server-key.pem',
    'netgoat sync serve --team acme --log json',
  ],
  read: async (call, input) => {
    const { world } = call.context;
    const line = eventLines[(input['log'] ?? formats[0]) as EventFormat];
    const log = (event: Happening): void => void world.stdout.write(`${line(event, world.now())}\n`);
    const desk = openDesk(call, log);
    const options = await optionsOf(call, input, {
      now: desk.now,
      log,
      takeReport: (from, report) => takeReport(desk, from, report),
    });
    const server = await import('../../edge/serve/server.ts');
    await untilTold(world.ending, async (ending) => {
      const over = new AbortController();
      const redelivering = redeliverUntil(over.signal, desk, call.access.teams, log);
      try {
        await server.serve(call.store, options, ending);
      } finally {
        over.abort();
        await redelivering;
        await desk.notifier.settle(SETTLE_MS);
      }
      if (ending.reason === 'SIGINT') throw new NetgoatError('interrupted', 'interrupted, after draining');
    });
    return text('');
  },
};

/** Sends what nobody else has sent, at the start and from time to time. */
async function redeliverUntil(
  over: AbortSignal,
  { notifier }: CommandDesk,
  teams: readonly Id[] | null,
  log: (event: Happening) => void,
): Promise<void> {
  while (!over.aborted) {
    await notifier.redeliver(teams).catch((error: Error) => {
      log({ event: 'failing', message: `webhooks: ${error.message}` });
    });
    await sleep(REDELIVER_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

type Given = Pick<ServeOptions, 'now' | 'log' | 'takeReport'>;

async function optionsOf({ context, access }: Call, input: RawInput, given: Given): Promise<ServeOptions> {
  const { timeout, maxNodes } = parse(schema, input);
  const address = addressOf(String(input['listen'] ?? ADDRESS));
  const tls = await tlsOf(context, input);
  if (tls === null && input['insecure'] !== true && !isLoopback(address.host)) {
    throw new NetgoatError(
      'usage',
      `${address.host} is reached from elsewhere, and tokens would go there in the clear`,
      {
        hint: 'give --cert and --key; or --insecure where something in front of it has TLS',
      },
    );
  }
  return {
    ...address,
    tls,
    teams: access.teams,
    sign: (await signerOf(context, input)) ?? undefined,
    answerWithinMs: timeout,
    mostNodes: maxNodes,
    ...given,
  };
}
