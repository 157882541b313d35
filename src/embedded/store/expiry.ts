import type { Document } from 'bson';
import { findRows } from '../query/find.ts';
import type { Collection, Index } from './index-definition.ts';
import type { Store } from './store.ts';
import { currentView, DirectWriter } from './writers.ts';

/** As many documents as one write transaction removes, so that other writers are not kept waiting. */
const AT_ONCE = 1000;

/** Removes the documents that TTL indexes have let expire (manual, "TTL Indexes"). Gives how many. */
export async function removeExpired(store: Store, now = Date.now()): Promise<number> {
  store.environment.latest();
  let removed = 0;
  // a copy: the sweep's own writes replace the catalog
  const collections = Array.from(store.catalog.collections().values());
  for (const collection of collections) {
    for (const index of collection.indexes) {
      if (index.expireAfterSeconds !== undefined) removed += await sweep(store, collection, index, now);
    }
  }
  return removed;
}

/** A partial index lets only the documents expire that it holds (manual, "TTL Indexes"). */
function expiredFilter(
  { partialFilterExpression: partial = {} }: Index,
  field: string,
  before: Date,
): Document {
  const expired = { $lt: before };
  return field in partial ? { $and: [{ [field]: expired }, partial] } : { ...partial, [field]: expired };
}

async function sweep(store: Store, { namespace }: Collection, index: Index, now: number): Promise<number> {
  const [field] = index.fields as [string];
  const filter = expiredFilter(index, field, new Date(now - Number(index.expireAfterSeconds) * 1000));
  // most of the time there is nothing to remove, and no reason to wait for other writers
  const { done: nothing } = findRows(store, currentView(store), namespace, { filter, limit: 1 }).next();
  if (nothing) return 0;
  let removed = 0;
  for (;;) {
    const batch = await store.write(() => {
      const writer = new DirectWriter(store);
      const rows = [...findRows(store, writer.view, namespace, { filter, limit: AT_ONCE })];
      for (const [record, raw] of rows) writer.remove(namespace, record, raw);
      return rows.length;
    });
    removed += batch;
    if (batch < AT_ONCE) return removed;
  }
}
