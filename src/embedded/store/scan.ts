import type { KeyRange, Plan } from '../query/planner.ts';
import { prefixRange, readUint48, RECORD_BYTES } from './bytes.ts';
import type { Collection, Index } from './index-definition.ts';
import type { Store } from './store.ts';
import type { View } from './view.ts';

/** A document and the record id under which it is kept. */
export type Row = readonly [record: number, raw: Buffer];

/**
 * The documents that a plan finds, each once. Those a transaction changed come last, from its overlay, whatever the
 * plan: its filter has yet to be tested on them.
 */
export function* scan(
  store: Store,
  view: View,
  namespace: string,
  collection: Collection | undefined,
  plan: Plan,
): Generator<Row> {
  const overlay = view.overlay(namespace);
  if (collection) {
    const rows =
      plan.kind === 'collection'
        ? scanCollection(store, view, collection, plan.reverse)
        : scanIndex(store, view, collection, plan);
    for (const row of rows) if (!overlay?.has(row[0])) yield row;
  }
  if (overlay) for (const [record, entry] of overlay) if (entry.now) yield [record, entry.now];
}

function* scanCollection(store: Store, view: View, collection: Collection, reverse: boolean): Generator<Row> {
  const { start, end } = prefixRange(collection.id);
  const range = reverse ? { start: end, end: start, reverse } : { start, end };
  for (const { key, value } of store.environment.documents.getRange({ ...range, ...reading(view) })) {
    yield [readUint48(key, 4), value];
  }
}

function* scanIndex(
  store: Store,
  view: View,
  collection: Collection,
  plan: Extract<Plan, { kind: 'index' }>,
): Generator<Row> {
  const { index, ranges, reverse } = plan;
  const seen = index.multikey || ranges.length > 1 ? new Set<number>() : undefined;
  for (const range of reverse ? ranges.toReversed() : ranges) {
    for (const record of recordsIn(store, view, index, range, reverse)) {
      if (seen?.has(record)) continue;
      seen?.add(record);
      const raw = store.get(collection, record, view.snapshot);
      if (raw) yield [record, raw];
    }
  }
}

function* recordsIn(
  store: Store,
  view: View,
  index: Index,
  range: KeyRange,
  reverse: boolean,
): Generator<number> {
  if (range.point) {
    const record = store.owner(range.start, view.snapshot);
    if (record !== undefined) yield record;
    return;
  }
  const bounds = reverse
    ? { start: range.end, end: range.start, reverse, exclusiveStart: true, inclusiveEnd: true }
    : { start: range.start, end: range.end };
  const options = { ...bounds, ...reading(view) };
  if (index.unique)
    for (const { value } of store.environment.entries.getRange(options)) yield readUint48(value);
  else
    for (const key of store.environment.entries.getKeys(options))
      yield readUint48(key, key.length - RECORD_BYTES);
}

function reading(view: View): { transaction?: NonNullable<View['snapshot']> } {
  return view.snapshot ? { transaction: view.snapshot } : {};
}
