import type { Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { Access } from '../queries/access.ts';
import { listNodes } from '../queries/edge-nodes.ts';
import type { NodeRow } from '../queries/edge-nodes.ts';
import { readVersion } from '../queries/version.ts';
import type { EdgeScope } from './scope.ts';
import { setsTouching } from './touched.ts';

/** A node that is connected is noted each minute. */
const AWAY_AFTER_MS = 180_000;

/**
 * How a node stands: `current`: what it runs is what is configured; `behind`: something was changed since; `refused`:
 * it would not run something newer; `never`: it has confirmed nothing; `ahead`: it runs a version that this database
 * has yet to come to, as that of another one; `away`: it connects by itself, and does not now.
 */
export type NodeState = 'current' | 'behind' | 'refused' | 'never' | 'ahead' | 'away';

/** A node beside what is configured. */
export interface NodeStatus extends NodeRow {
  state: NodeState;
  /** The version of the database. */
  latest: number;
  /** How many sets of Changes that touch its domains came after its version; null where it has confirmed none. */
  behind: number | null;
  /** When the first of them was made. */
  since: Date | null;
}

/** How the nodes within reach stand, by name. */
export async function nodeStatuses(store: Store, access: Access, now: Date): Promise<NodeStatus[]> {
  // In this order: a node never confirms a version that is not there yet.
  const nodes = await listNodes(store, access);
  const { value: latest } = await readVersion(store);
  const lags = new Map<string, Promise<Lag>>();
  const lagOf = (node: NodeRow, version: number): Promise<Lag> => {
    const key = `${version} ${node.teams.join(' ')}`;
    const lag = lags.get(key) ?? lagBetween(store, node, version, latest);
    lags.set(key, lag);
    return lag;
  };
  const statuses = [];
  for (const node of nodes) {
    const { version } = node;
    const lag = version === null ? { behind: null, since: null } : await lagOf(node, version);
    statuses.push({
      ...node,
      ...lag,
      latest,
      state: isAway(node, now) ? 'away' : stateOf(node, latest, lag.behind),
    });
  }
  return statuses;
}

type Lag = Pick<NodeStatus, 'behind' | 'since'>;

async function lagBetween(store: Store, node: NodeRow, after: number, upTo: number): Promise<Lag> {
  let [behind, since] = [0, null as Date | null];
  for await (const { at } of setsTouching(store, scopeOf(node), after, upTo)) {
    behind += 1;
    since ??= at;
  }
  return { behind, since };
}

/** One that is pushed to need not be there between pushes. */
function isAway({ url, lastSeen }: NodeRow, now: Date): boolean {
  return url === null && lastSeen !== null && now.getTime() - lastSeen.getTime() > AWAY_AFTER_MS;
}

function stateOf({ version, lastRefusal }: NodeRow, latest: number, behind: number | null): NodeState {
  if (lastRefusal !== null) return 'refused';
  if (version === null) return 'never';
  if (version > latest) return 'ahead';
  return behind === 0 ? 'current' : 'behind';
}

function scopeOf({ teams }: { teams: readonly Id[] }): EdgeScope {
  return { teams: teams.length === 0 ? null : teams, domain: null };
}

/** Whether a node runs what a version has: that one, a later one, or one after which nothing of its domains changed. */
async function runs(store: Store, node: NodeRow, wanted: number, latest: number): Promise<boolean> {
  const { version } = node;
  if (version === null || version > latest) return false;
  if (version >= wanted) return true;
  // What the sets up to a version touch is only known once they are all there.
  if (latest < wanted) return false;
  for await (const _ of setsTouching(store, scopeOf(node), version, wanted)) return false;
  return true;
}

/** Tells again and again which nodes run what a version has. */
export class VersionWatch {
  readonly #store: Store;
  readonly #access: Access;
  readonly #wanted: number;
  /** What was found of a node at a version holds for as long as it stays there. */
  readonly #known = new Map<string, boolean>();

  constructor(store: Store, access: Access, wanted: number) {
    [this.#store, this.#access, this.#wanted] = [store, access, wanted];
  }

  /** How many nodes there are, and how many of them run it. */
  async look(): Promise<{ done: number; total: number }> {
    const nodes = await listNodes(this.#store, this.#access);
    const { value: latest } = await readVersion(this.#store);
    let done = 0;
    for (const node of nodes) if (await this.#runs(node, latest)) done += 1;
    return { done, total: nodes.length };
  }

  async #runs(node: NodeRow, latest: number): Promise<boolean> {
    const key = [node._id, node.version, node.teams.join(' '), Math.min(latest, this.#wanted)].join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = await runs(this.#store, node, this.#wanted, latest);
    this.#known.set(key, found);
    return found;
  }
}
