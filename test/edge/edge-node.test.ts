import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { startEdgeNode } from '../helpers/edge-node.ts';
import type { EdgeNode } from '../helpers/edge-node.ts';
import { edgeToken, startServe } from '../helpers/serving.ts';

const domain = fc.constantFrom('a.example', 'a-b.example', 'b.example', 'bücher.example');
const team = fc.constantFrom('acme', 'globex');
const words = (...parts: (string | fc.Arbitrary<string>)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((chosen) => chosen.join(' '));

/** What may change what the edges run; one that does not fit the state as it is changes nothing. */
const command = fc.oneof(
  { weight: 4, arbitrary: words('domain add', domain, '--team', team) },
  {
    weight: 4,
    arbitrary: words('dns add', domain, fc.constantFrom('@', 'www', '*'), 'A 192.0.2.1 --proxied'),
  },
  {
    weight: 2,
    arbitrary: words('dns set', domain, 'www A', fc.constantFrom('--disable', '--enable', '--ttl 1h')),
  },
  { weight: 1, arbitrary: words('dns remove', domain, 'www --yes') },
  {
    weight: 2,
    arbitrary: words('domain set', domain, fc.constantFrom('--disable', '--enable', '--waf off', '--waf on')),
  },
  { weight: 1, arbitrary: words('domain remove', domain, '--yes') },
  { weight: 2, arbitrary: words('domain move', domain, team) },
  {
    weight: 2,
    arbitrary: words('proxy upstream add', domain, fc.constantFrom('http://192.0.2.8', 'http://192.0.2.9')),
  },
  {
    weight: 1,
    arbitrary: words('proxy set', domain, fc.constantFrom('--active off', '--active on', '--cache-ttl 1h')),
  },
  { weight: 1, arbitrary: words('domain set', domain, '--note', fc.constantFrom('one', 'two')) },
);

const RUNS = 15;

/** Done, or refused for what was typed or for what is there. */
const EXPECTED = [0, 2, 3, 4, 8];

let plane: ControlPlane;
beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('team add Globex');
});

async function shown(flags: string): Promise<string[]> {
  return (await plane.ok(`sync show --format ndjson ${flags}`)).stdout.trimEnd().split('\n').slice(1);
}

const held = async (node: EdgeNode): Promise<string[]> =>
  (await readFile(join(node.folder, 'payload.ndjson'), 'utf8')).trimEnd().split('\n').slice(1);

/** Waits until a node holds what is shown, byte for byte. */
async function expectHeld(node: EdgeNode, flags: string): Promise<void> {
  const wanted = await shown(flags);
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(20)) {
    if ((await held(node)).join('\n') === wanted.join('\n')) return;
  }
  expect(await held(node)).toEqual(wanted);
}

describe('nodes that are served to and pushed to', () => {
  it('follow what commands do, byte for byte, by deltas', { timeout: 300_000 }, async () => {
    const serving = await startServe(plane);
    const env = { NETGOAT_EDGE_TOKEN: await edgeToken(plane, 'acme') };
    const served = await startEdgeNode(['--connect', serving.url], { node: 'served', env });
    await served.next('acked', { by: 'snapshot' });
    const pushed = await startEdgeNode(undefined, { node: 'pushed' });
    await plane.ok(`sync push ${pushed.url}`);
    let done = 0;
    let rounded = 0;
    const rounds = fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    const property = fc.asyncProperty(rounds, async (sequence) => {
      for (const round of sequence) {
        // What was drawn may change nothing of what the served node is sent; this does.
        await plane.ok(`domain add round-${(rounded += 1)}.example --team acme`);
        for (const typed of round) {
          const { code, stderr } = await plane.run(typed);
          expect(EXPECTED, `${typed}: ${stderr}`).toContain(code);
          done += code === 0 ? 1 : 0;
        }
        await plane.ok(`sync push ${pushed.url}`);
        expect(await held(pushed)).toEqual(await shown(''));
        await expectHeld(served, '--team acme');
      }
    });
    // What fails depends on all that was done before.
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
    for (const { events } of [served, pushed]) {
      const [first, ...rest] = events.flatMap((each) =>
        'by' in each && each.event !== 'part' ? [each] : [],
      );
      expect(first).toMatchObject({ event: 'acked', by: 'snapshot' });
      expect(rest.filter(({ by }) => by === 'snapshot')).toEqual([]);
      expect(rest.filter(({ event }) => event !== 'acked')).toEqual([]);
      const deltas = rest.filter(({ by }) => by === 'delta').length;
      expect(deltas, `${done} commands were done`).toBeGreaterThan(5);
    }
  });
});
