import { behaviours } from '../../edge/node/behaviours.ts';
import { eventLines } from '../../edge/event-lines.ts';
import type { EventFormat } from '../../edge/event-lines.ts';
import type { NodeEvent } from '../../edge/node/events.ts';
import { NetgoatError } from '../../errors.ts';
import { untilTold } from '../../interruption.ts';
import { inert } from '../../output/sanitize.ts';
import { text } from '../outcome.ts';
import type { InspectSpec } from '../spec.ts';
import { nodeOptions } from './edge-node-options.ts';
import { tlsOptions } from './inputs.ts';

const formats = Object.keys(eventLines) as EventFormat[];

export const edgeNode: InspectSpec = {
  name: 'edge-node',
  summary: 'be an edge, for tests and demonstrations: take payloads, keep the last good one, confirm it',
  effect: 'inspect',
  raw: true,
  hidden: true,
  options: [
    { flags: '--state <folder>', description: 'where it keeps its payload', required: true },
    { flags: '--connect <url>', description: 'dial a `netgoat sync serve`, again and again' },
    { flags: '--listen <address>', description: 'HOST:PORT for `netgoat sync push`; port 0 is a free one' },
    { flags: '--node <name>', description: 'what it calls itself: the name of this machine by default' },
    { flags: '--token-file <file>', description: 'its bearer token, instead of NETGOAT_EDGE_TOKEN' },
    { flags: '--ca <file>', description: 'trust these certificates (PEM)' },
    { flags: '--insecure', description: 'take any certificate, and dial without TLS' },
    ...tlsOptions,
    { flags: '--verify-key <file>', description: 'take only what this public key has signed' },
    { flags: '--once', description: 'end after the first ACK' },
    {
      flags: '--log <format>',
      description: `how it tells what it does: ${formats[0]} by default`,
      choices: formats,
    },
    { flags: '--report-every <time>', description: 'report made-up traffic; 500ms, 10s, 1m' },
    { flags: '--bad-gateway-streak <n>', description: '--report-every that so many 502s came in a row' },
    { flags: '--lag <time>', description: 'wait before each answer' },
    { flags: '--nack <message>', description: 'refuse what it is sent' },
    {
      flags: '--nack-version <n>',
      description: '--nack of this version alone; may be repeated',
      repeat: true,
    },
    {
      flags: '--nack-hostname <hostname>',
      description: '--nack of what brings this domain alone; may be repeated',
      repeat: true,
    },
    ...Object.entries(behaviours).map(([name, { summary }]) => ({
      flags: `--${name}`,
      description: summary,
    })),
  ],
  examples: [
    'netgoat sync edge-node --state ./edge-1 --listen 127.0.0.1:8787',
    'netgoat sync edge-node --state ./edge-1 --connect ws://127.0.0.1:8080 --once',
    'netgoat sync edge-node --state ./edge-1 --listen 127.0.0.1:0 --log json --nack "no memory"',
  ],
  inspect: async (context, _open, input) => {
    const options = await nodeOptions(context, input);
    const line = eventLines[(input['log'] ?? formats[0]) as EventFormat];
    const voice = {
      say: (event: NodeEvent) => {
        context.world.stdout.write(`${line(event, context.world.now())}\n`);
      },
      warn: (words: string) => context.warn(inert(words)),
    };
    const { runNode } = await import('../../edge/node/run.ts');
    await untilTold(context.world.ending, async (ending) => {
      await runNode(options, voice, ending);
      if (ending.reason === 'SIGINT')
        throw new NetgoatError('interrupted', 'interrupted, after closing in order');
    });
    return text('');
  },
};
