import { z } from 'zod';
import { duration } from '../changes/inputs.ts';
import { detourOf } from '../observe/probes/connect-to.ts';
import type { ProbeOptions } from '../observe/probes/probe.ts';
import type { OptionSpec } from './spec.ts';

const TIMEOUT = '10s';

/** Options of commands that probe. */
export const probeFlags: OptionSpec[] = [
  { flags: '--timeout <time>', description: `how long to wait for an answer, ${TIMEOUT} by default` },
  {
    flags: '--connect-to <detour>',
    description:
      'HOST1:PORT1:HOST2:PORT2 as of curl: ask one edge and not what the DNS says; may be repeated',
    repeat: true,
  },
];

/** What was typed of them, for `parse`. */
export const probeShape = {
  timeout: duration
    .pipe(z.number().min(1, 'must be at least a second').max(60, 'must be at most a minute'))
    .prefault(TIMEOUT),
  connectTo: z.array(z.string()).default([]),
};

/** How to probe, of what was typed. */
export function probeOptionsOf(typed: { timeout: number; connectTo: readonly string[] }): ProbeOptions {
  return { timeoutMs: typed.timeout * 1_000, detour: detourOf(typed.connectTo) };
}
