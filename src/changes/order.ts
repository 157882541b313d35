import type { Change } from '../models/change.ts';
import { kinds } from '../models/kinds.ts';

/** Removes first, so that a unique key is free for its next holder; then updates, then adds. */
const opOrder: Record<Change['op'], number> = { remove: 0, update: 1, add: 2 };

/** The order in which Changes are written and shown: removes bottom-up, the rest top-down, then by name. */
export function inOrder(changes: readonly Change[]): Change[] {
  return changes.toSorted(
    (a, b) =>
      opOrder[a.op] - opOrder[b.op] ||
      rank(a) - rank(b) ||
      compare(a.kind, b.kind) ||
      compare(a.name, b.name),
  );
}

function rank(change: Change): number {
  const own = kinds[change.kind].rank;
  return change.op === 'remove' ? -own : own;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
