import type { Document } from 'bson';
import { indexKey, indexPrefix, keyText, MAX_KEY, ORDER, successor } from '../bson/key.ts';
import { isPosition } from '../bson/paths.ts';
import { TYPE, type RawValue } from '../bson/raw.ts';
import { isDocument, toNumber } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import type { Collection, Index } from '../store/index-definition.ts';
import { indexPredicates, type IndexPredicates, type Range } from './index-predicates.ts';
import type { SortField } from './sort.ts';

/** A stretch of index entries; a point is one whole unique key. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
  readonly point: boolean;
}

/** How the documents of a query are found. */
export type Plan =
  | { readonly kind: 'collection'; readonly ordered: boolean; readonly reverse: boolean }
  | {
      readonly kind: 'index';
      readonly index: Index;
      readonly ranges: readonly KeyRange[];
      /** The entries come in the order of the sort. */
      readonly ordered: boolean;
      readonly reverse: boolean;
      /** The ranges hold exactly what the filter asks for. */
      readonly exact: boolean;
    };

interface Candidate {
  readonly index: Index;
  readonly prefixes: readonly (readonly RawValue[])[];
  readonly equalities: number;
  readonly range: Range | undefined;
  readonly exactFields: number;
  readonly order: 'none' | 'forward' | 'backward';
  readonly score: number;
}

/** `$in` lists multiply over the fields of an index: past this many ranges the rest is left to the test. */
const MAX_RANGES = 5000;

/** What the planner is asked. */
export interface PlanRequest {
  readonly filter: Document;
  readonly sort: readonly SortField[];
  readonly hint?: unknown;
}

/** Chooses the index for a filter and a sort, or the whole collection. */
export function choosePlan(collection: Collection, { filter, sort, hint }: PlanRequest): Plan {
  const natural = sort[0]?.field === '$natural' ? sort[0].direction : undefined;
  if (natural) return { kind: 'collection', ordered: true, reverse: natural < 0 };
  const scan: Plan = { kind: 'collection', ordered: sort.length === 0, reverse: false };
  const hinted = hint === undefined ? undefined : hintedIndex(collection, hint);
  if (hinted === 'natural') return { ...scan, reverse: isDocument(hint) && toNumber(hint['$natural']) < 0 };
  const predicates = indexPredicates(filter);
  let best: Candidate | undefined;
  for (const index of hinted ? [hinted] : collection.indexes) {
    const candidate = isUsable(index, filter) ? candidateOf(index, predicates, sort) : undefined;
    if (candidate && (!best || candidate.score > best.score)) best = candidate;
  }
  // a hint is followed also where the index does not help (manual, "cursor.hint()")
  if (!best && hinted) best = wholeIndex(hinted, sort);
  if (!best) return scan;
  const ranges = best.prefixes.map((prefix) => keyRange(best as Candidate, prefix));
  if (ranges.length > 1) ranges.sort((a, b) => Buffer.compare(a.start, b.start));
  return {
    kind: 'index',
    index: best.index,
    ranges,
    ordered: sort.length === 0 || best.order !== 'none',
    reverse: best.order === 'backward',
    exact: isExact(best, filter),
  };
}

function hintedIndex(collection: Collection, hint: unknown): Index | 'natural' {
  if (isDocument(hint) && '$natural' in hint) return 'natural';
  const index = collection.indexes.find((each) =>
    typeof hint === 'string' ? each.name === hint : isDocument(hint) && keyText(each.key) === keyText(hint),
  );
  if (!index || index.hidden) {
    throw new ServerError(
      2,
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  }
  return index;
}

function isUsable(index: Index, filter: Document): boolean {
  if (index.hidden || index.paths.some((path) => path.some(isPosition))) return false;
  const partial = index.partialFilterExpression;
  return !partial || Object.entries(partial).every(([field, condition]) => implies(filter[field], condition));
}

/** True if a filter's condition on a field leaves out all documents that a partial index leaves out. */
function implies(condition: unknown, required: unknown): boolean {
  if (condition === undefined) return false;
  if (isDocument(required) && required['$exists'] === true && Object.keys(required).length === 1)
    return excludesMissing(condition);
  return keyText(condition) === keyText(required);
}

const PRESENT_ONLY = new Set([
  '$eq',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$regex',
  '$in',
  '$elemMatch',
  '$size',
  '$type',
]);

function excludesMissing(condition: unknown): boolean {
  if (condition === null) return false;
  if (!isDocument(condition)) return true;
  return Object.entries(condition).some(([operator, argument]) => {
    if (operator === '$exists') return argument === true;
    return (
      PRESENT_ONLY.has(operator) && argument !== null && !(Array.isArray(argument) && argument.includes(null))
    );
  });
}

function candidateOf(
  index: Index,
  predicates: IndexPredicates,
  sort: readonly SortField[],
): Candidate | undefined {
  let prefixes: RawValue[][] = [[]];
  let equalities = 0;
  let exactFields = 0;
  let range: Range | undefined;
  for (const field of index.fields) {
    const predicate = predicates.get(field);
    if (!predicate) break;
    if (!('points' in predicate)) {
      range = predicate;
      break;
    }
    if (prefixes.length * predicate.points.length > MAX_RANGES) break;
    prefixes = prefixes.flatMap((prefix) => predicate.points.map((point) => [...prefix, point]));
    equalities++;
    if (predicate.exact) exactFields++;
  }
  const used = equalities + (range ? 1 : 0);
  // a sparse index knows nothing of documents without its fields
  if (
    index.sparse &&
    (used === 0 || prefixes.some((prefix) => prefix.some(({ type }) => type === TYPE.null)))
  )
    return undefined;
  const order = orderOf(index, prefixes.length === 1 ? equalities : 0, prefixes.length, sort);
  if (used === 0 && order === 'none') return undefined;
  const whole = index.unique && equalities === index.fields.length;
  const score = equalities * 10 + (range ? 3 : 0) + (whole ? 100 : 0) + (order === 'none' ? 0 : 5);
  return { index, prefixes, equalities, range, exactFields, order, score };
}

function wholeIndex(index: Index, sort: readonly SortField[]): Candidate {
  const order = orderOf(index, 0, 1, sort);
  return { index, prefixes: [[]], equalities: 0, range: undefined, exactFields: 0, order, score: 0 };
}

function orderOf(
  index: Index,
  equalities: number,
  ranges: number,
  sort: readonly SortField[],
): Candidate['order'] {
  if (sort.length === 0 || index.multikey || index.hashed || ranges > 1) return 'none';
  const fixed = new Set(index.fields.slice(0, equalities));
  const wanted = sort.filter(({ field }) => !fixed.has(field));
  const given = index.fields.slice(equalities);
  if (wanted.some(({ field }, i) => given[i] !== field)) return 'none';
  const signs = new Set(
    wanted.map(({ direction }, i) => direction * (index.directions[equalities + i] as number)),
  );
  if (signs.size > 1) return 'none';
  return signs.has(-1) ? 'backward' : 'forward';
}

function keyRange({ index, equalities, range }: Candidate, prefix: readonly RawValue[]): KeyRange {
  const { id, directions } = index;
  if (!range) {
    if (index.unique && equalities === index.fields.length) {
      const key = indexKey(id, prefix, directions);
      return { start: key, end: successor(key), point: true };
    }
    const start = indexPrefix(id, prefix, directions);
    return { start, end: successor(start), point: false };
  }
  return { ...boundedRange(index, prefix, range, directions[equalities] as number), point: false };
}

function boundedRange(
  index: Index,
  prefix: readonly RawValue[],
  range: Range,
  direction: number,
): { start: Buffer; end: Buffer } {
  const { id, directions } = index;
  const base = indexPrefix(id, prefix, directions);
  if (base.length >= MAX_KEY) return { start: base, end: successor(base) };
  const order = ORDER[(range.low ?? range.high)?.type as number] as number;
  const key = (value: RawValue | undefined): Buffer | undefined =>
    value && indexPrefix(id, [...prefix, value], directions);
  const low = key(range.low);
  // in an array one element may pass the low bound and another the high one
  const high = index.multikey && low ? undefined : key(range.high);
  const edge = (byte: number): Buffer => Buffer.concat([base, Buffer.from([byte])]);
  if (direction > 0) return { start: low ?? edge(order), end: high ? successor(high) : edge(order + 1) };
  const inverse = ~order & 0xff;
  return { start: high ?? edge(inverse), end: low ? successor(low) : edge(inverse + 1) };
}

function isExact({ index, range, exactFields }: Candidate, filter: Document): boolean {
  return (
    !range &&
    !index.multikey &&
    !index.hashed &&
    !index.partialFilterExpression &&
    Object.keys(filter).length === exactFields &&
    Object.keys(filter).every((field) => index.fields.includes(field))
  );
}

/** The stage names by which `explain` shows a plan. */
export function describePlan(plan: Plan): Document {
  if (plan.kind === 'collection')
    return { stage: 'COLLSCAN', direction: plan.reverse ? 'backward' : 'forward' };
  const { index, ranges, reverse } = plan;
  return {
    stage: 'FETCH',
    inputStage: {
      stage: 'IXSCAN',
      indexName: index.name,
      keyPattern: index.key,
      isMultiKey: index.multikey === true,
      isUnique: index.unique === true,
      direction: reverse ? 'backward' : 'forward',
      ranges: ranges.length,
    },
  };
}
