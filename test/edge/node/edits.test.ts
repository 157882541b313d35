import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deltaOf } from '../../../src/edge/delta.ts';
import type { EdgeState } from '../../../src/edge/protocol/offer.ts';
import type { EdgeDomain } from '../../../src/edge/schema.ts';
import { startEdgeNode } from '../../helpers/edge-node.ts';
import { edgeDomainOf } from '../fixtures.ts';
import { reach, stateOf } from './control.ts';

/** Names that sort in ways that are easily got wrong. */
const NAMES = [
  'a',
  'a-b',
  'a.b',
  'aa',
  'ab',
  'b',
  'z',
  '0',
  '10',
  '9',
  'xn--bcher-kva',
  'A'.toLowerCase().repeat(60),
];
const name = fc.constantFrom(...NAMES.map((each) => `${each}.example`));

const domain = fc.record({
  hostname: name,
  waf: fc.constantFrom('on', 'off'),
  // What a line of JSON must escape, and, rarely, what fills parts.
  team: fc.oneof(
    { weight: 30, arbitrary: fc.string({ unit: 'binary', maxLength: 8, minLength: 1 }) },
    { weight: 1, arbitrary: fc.constant('x'.repeat(400_000)) },
  ),
});

const edit = fc.oneof(
  { weight: 3, arbitrary: domain.map((put) => ({ put })) },
  { weight: 2, arbitrary: name.map((remove) => ({ remove })) },
  { weight: 1, arbitrary: fc.tuple(name, name).map((rename) => ({ rename })) },
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** A configuration that is edited, and which names were touched since it was last looked at. */
class Edited {
  readonly #domains = new Map<string, EdgeDomain>();
  readonly #touched = new Set<string>();
  version: number;

  constructor(version: number) {
    this.version = version;
  }

  make(each: Edit): void {
    this.version += 1;
    if ('put' in each) this.#put(edgeDomainOf(each.put.hostname, each.put as Partial<EdgeDomain>));
    else if ('remove' in each) this.#remove(each.remove);
    else {
      const [from, to] = each.rename;
      const renamed = this.#domains.get(from);
      this.#remove(from);
      if (renamed !== undefined) this.#put({ ...renamed, hostname: to });
    }
  }

  state(): EdgeState {
    return stateOf(this.version, [...this.#domains.values()]);
  }

  /** What was touched since the last time, as a delta. */
  delta(base: number) {
    const lines = [...this.#touched].map((hostname) => {
      const found = this.#domains.get(hostname);
      return [hostname, found === undefined ? null : JSON.stringify(found)] as const;
    });
    this.#touched.clear();
    return deltaOf(base, new Map(lines));
  }

  #put(each: EdgeDomain): void {
    this.#domains.set(each.hostname, each);
    this.#touched.add(each.hostname);
  }

  #remove(hostname: string): void {
    this.#domains.delete(hostname);
    this.#touched.add(hostname);
  }
}

async function domainLines(state: EdgeState): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of state.lines()) lines.push(JSON.parse(line));
  return lines;
}

describe('a snapshot and then deltas', () => {
  const RUNS = 1_000;
  /** Each payload is synced to disk; so many of them are quicker on one in memory. */
  const IN_MEMORY = '/dev/shm';

  it(
    `bring a node to the same domains over ${RUNS} random edit sequences`,
    { timeout: 300_000 },
    async () => {
      const folder = await mkdtemp(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'netgoat-test-edge-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const node = await startEdgeNode(undefined, { folder });
      const control = await reach(node.url);
      let version = 0;
      const counts = { snapshot: 0, delta: 0, current: 0 };
      const sequence = fc.tuple(
        fc.array(edit, { maxLength: 12 }),
        fc.array(fc.array(edit, { maxLength: 6 }), { maxLength: 3 }),
      );
      const property = fc.asyncProperty(sequence, async ([first, rounds]) => {
        const edited = new Edited(version + 1);
        first.forEach((each) => edited.make(each));
        edited.delta(0);
        const bring = async (delta: ReturnType<Edited['delta']> | null) => {
          const state = edited.state();
          const brought = await control.bring(state, delta);
          expect(brought).toMatchObject({ result: 'acked', version: edited.version });
          // A delta that did not lead there would be followed by a snapshot, which hides it.
          expect(brought.by).not.toBe(delta === null ? 'delta' : 'snapshot');
          counts[brought.by] += 1;
          const [header, ...rest] = (await readFile(join(node.folder, 'payload.ndjson'), 'utf8'))
            .trimEnd()
            .split('\n');
          const trailer = JSON.parse(rest.pop()!);
          expect(JSON.parse(header!)).toMatchObject({ version: edited.version });
          expect(trailer).toEqual({ checksum: state.checksum, domains: state.count });
          expect(rest.map((line) => JSON.parse(line))).toEqual(await domainLines(state));
          version = edited.version;
        };
        await bring(null);
        for (const round of rounds) {
          const base = edited.version;
          round.forEach((each) => edited.make(each));
          await bring(edited.delta(base));
        }
      });
      await fc.assert(property, { numRuns: RUNS });
      expect(counts.delta).toBeGreaterThan(RUNS / 2);
    },
  );
});
