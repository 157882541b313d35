import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { duration, parse } from '../../changes/inputs.ts';
import { nodeStatuses, VersionWatch } from '../../edge/node-status.ts';
import type { NodeState, NodeStatus } from '../../edge/node-status.ts';
import { NetgoatError } from '../../errors.ts';
import { withProgress } from '../../output/progress.ts';
import { readVersion } from '../../queries/version.ts';
import { list } from '../outcome.ts';
import type { Call, RawInput, ReadSpec } from '../spec.ts';
import { NO_NODES } from './node-view.ts';
import { REFUSED_NEXT, counted } from './push-view.ts';
import { statusColumns, stateWords } from './status-view.ts';

const LOOK_EVERY_MS = 250;
const TIMEOUT = '2m';

const schema = z.object({
  wait: z
    .string()
    .regex(/^(?:latest|\d{1,15})$/, 'must be a version, or latest')
    .optional(),
  timeout: duration.pipe(z.number().max(86_400, 'must be at most a day')).prefault(TIMEOUT),
});

export const status: ReadSpec = {
  name: 'status',
  summary: 'show which edge node runs which version, how far behind it is, and what it last refused',
  effect: 'read',
  list: true,
  options: [
    { flags: '--check', description: 'exit 7 unless every node runs what is configured' },
    {
      flags: '--wait <version>',
      description: 'wait until every node runs this version or has nothing to gain by it; or latest',
    },
    { flags: '--timeout <time>', description: `of --wait, exit 6 then: ${TIMEOUT} by default` },
  ],
  examples: [
    'netgoat sync status --check',
    'netgoat sync status --team acme --wait latest --timeout 2m',
    'netgoat sync status --filter state=refused -o json',
  ],
  read: async (call, input) => {
    if (input['json'] === '') return list<NodeStatus>([], statusColumns, '');
    const inVain = await waited(call, input);
    const rows = await nodeStatuses(call.store, call.access, call.context.world.now());
    const late = inVain === null ? null : { ...inVain, ...hintOf(rows) };
    return list(rows, statusColumns, NO_NODES, late ?? (input['check'] === true ? checked(rows) : {}));
  },
};

type Found = Parameters<typeof list>[3];

/** What every node has to do is one thing: run what is configured. */
function checked(rows: readonly NodeStatus[]): Found {
  const states = rows.map(({ state }) => state).filter((state) => state !== 'current');
  if (states.length === 0) return { note: `${counted(rows.length)} checked: none is behind` };
  const words = Object.entries(stateWords)
    .map(([state, word]) => [states.filter((each) => each === state).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`);
  return {
    finding: `${states.length} of ${counted(rows.length)} may not run what is configured: ${words.join(', ')}`,
  };
}

/** Waits as --wait says; gives what to say if it was in vain. */
async function waited(call: Call, input: RawInput): Promise<{ code: 'edge'; finding: string } | null> {
  const { store, access, context } = call;
  const { wait, timeout } = parse(schema, { wait: input['wait'], timeout: input['timeout'] });
  if (wait === undefined) {
    if (input['timeout'] === undefined) return null;
    throw new NetgoatError('usage', '--timeout is for --wait', { hint: 'add --wait latest, or a version' });
  }
  const { value: latest } = await readVersion(store);
  const wanted = wait === 'latest' ? latest : Number(wait);
  // A version is that of a command that has ended.
  if (wanted > latest) {
    throw new NetgoatError('usage', `there is no version ${wanted}: the newest is ${latest}`, {
      hint: '--wait latest waits for the newest one',
    });
  }
  const watch = new VersionWatch(store, access, wanted);
  const until = performance.now() + timeout * 1_000;
  const { stderr, env } = context.world;
  return withProgress(stderr, env['TERM'] !== 'dumb', async (progress) => {
    for (;;) {
      const { done, total } = await watch.look();
      // Where there is no node, none has confirmed anything.
      if (done === total && total > 0) return null;
      const left = until - performance.now();
      if (left <= 0) return unconfirmed(done, total, wanted, timeout);
      progress.report(`Waiting for version ${wanted}`, done, total);
      await sleep(Math.min(LOOK_EVERY_MS, left));
    }
  });
}

function unconfirmed(done: number, total: number, wanted: number, seconds: number) {
  const within = `within ${seconds} s`;
  const finding =
    total === 0
      ? `no edge node was met ${within}, so none runs version ${wanted}`
      : `${total - done} of ${counted(total)} did not confirm version ${wanted} ${within}`;
  return { code: 'edge', finding } as const;
}

/** What brings the nodes on that are not there yet. */
function hintOf(rows: readonly NodeStatus[]): { next?: string } {
  const states = new Set(rows.map(({ state }) => state));
  const ways = waysOn.filter(([which]) => which.some((state) => states.has(state))).map(([, way]) => way);
  return ways.length === 0 ? {} : { next: ways.join('; ') };
}

const waysOn: [NodeState[], string][] = [
  [['refused'], REFUSED_NEXT],
  [['away'], '`netgoat sync node remove` retires a node that does not come back'],
  [['behind', 'never', 'ahead'], '`netgoat sync push` brings a node on, or `netgoat sync serve`, if it runs'],
];
