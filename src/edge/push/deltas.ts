import type { Store } from '../../database/store.ts';
import { deltaOfNames } from '../delta.ts';
import type { Delta, EdgeState } from '../protocol/offer.ts';
import type { EdgeScope } from '../scope.ts';
import { touchedNames } from '../touched.ts';

/**
 * What gives the delta from a version of the store to a state of it, null where a snapshot is the better answer. Each
 * is made once: edges that were pushed to together are at one version.
 */
export function deltasTo(
  store: Store,
  scope: EdgeScope,
  state: EdgeState,
): (base: number) => Promise<Delta | null> {
  const made = new Map<number, Promise<Delta | null>>();
  const make = async (base: number): Promise<Delta | null> => {
    const names = await touchedNames(store, scope, base, state.version);
    return names === null || names.size === 0 ? null : deltaOfNames(base, state, names);
  };
  return (base) => {
    const delta = made.get(base) ?? make(base);
    made.set(base, delta);
    return delta;
  };
}
