import type { Document } from 'bson';
import { ServerError } from '../server-error.ts';
import type { Store } from '../store/store.ts';
import { scan, type Row } from '../store/scan.ts';
import type { View } from '../store/view.ts';
import { compileFilter } from './match.ts';
import { choosePlan, type Plan } from './planner.ts';
import { parseSort, sortKey, type SortField } from './sort.ts';
import type { Predicate } from './predicate.ts';

/** A query: which documents, in which order, how many. */
export interface Query {
  readonly filter: Document;
  readonly sort?: Document | undefined;
  readonly skip?: number;
  /** 0 or absent for all. */
  readonly limit?: number;
  readonly variables?: Document | undefined;
  readonly hint?: unknown;
  /** The moment (milliseconds since the epoch) after which the query fails with MaxTimeMSExpired. */
  readonly deadline?: number | undefined;
}

const CHECK_EVERY = 256;

/**
 * The documents of a query, in order. The query is checked and planned at once; documents are read as they are
 * taken. Reading with no snapshot may not outlast the current turn of the event loop.
 */
export function findRows(store: Store, view: View, namespace: string, query: Query): Generator<Row> {
  const sort = parseSort(query.sort);
  const test = compileFilter(query.filter, query.variables ? { variables: query.variables } : {});
  const collection = view.collection(namespace);
  const changed = (view.overlay(namespace)?.size ?? 0) > 0;
  const plan: Plan = collection
    ? choosePlan(collection, { filter: query.filter, sort, hint: query.hint })
    : { kind: 'collection', ordered: sort.length === 0, reverse: false };
  const trusted = plan.kind === 'index' && plan.exact && !changed;
  const rows = filtered(
    scan(store, view, namespace, collection, plan),
    trusted ? undefined : test,
    query.deadline,
  );
  const inOrder = plan.ordered && (!changed || sort.length === 0);
  return slice(inOrder ? rows : sorted(rows, sort), query.skip ?? 0, query.limit ?? 0);
}

/** The plan of a query, as `explain` shows it. */
export function planOf(view: View, namespace: string, query: Query): Plan | undefined {
  const collection = view.collection(namespace);
  return (
    collection &&
    choosePlan(collection, { filter: query.filter, sort: parseSort(query.sort), hint: query.hint })
  );
}

function* filtered(
  rows: Iterable<Row>,
  test: Predicate | undefined,
  deadline: number | undefined,
): Generator<Row> {
  let seen = 0;
  for (const row of rows) {
    if (deadline !== undefined && ++seen % CHECK_EVERY === 0 && Date.now() > deadline) {
      throw new ServerError(50, 'operation exceeded time limit');
    }
    if (!test || test(row[1])) yield row;
  }
}

function* sorted(rows: Iterable<Row>, sort: readonly SortField[]): Generator<Row> {
  const natural = sort[0]?.field === '$natural';
  const key = natural ? (_raw: Buffer) => Buffer.alloc(0) : sortKey(sort);
  const keyed = Array.from(rows, (row) => ({ key: key(row[1]), row }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  for (const { row } of keyed) yield row;
}

function* slice(rows: Generator<Row>, skip: number, limit: number): Generator<Row> {
  let toSkip = skip;
  let left = limit === 0 ? Infinity : limit;
  for (const row of rows) {
    if (toSkip-- > 0) continue;
    yield row;
    if (--left === 0) return;
  }
}

/** How many rows a query gives. */
export function countRows(rows: Iterator<Row>): number {
  let count = 0;
  while (!rows.next().done) count++;
  return count;
}
