import { Int32, type Document } from 'bson';
import { decode, encode } from '../bson/raw.ts';
import { isDocument, toNumber } from '../bson/values.ts';
import { countRows, findRows, type Query } from '../query/find.ts';
import { compileFilter } from '../query/match.ts';
import { parseSort, sortKey, type SortField } from '../query/sort.ts';
import { notSupported, ServerError } from '../server-error.ts';
import type { Store } from '../store/store.ts';
import type { View } from '../store/view.ts';
import { withIndexableEquality } from './correlated.ts';
import { lookup } from './lookup.ts';
import { onBytes } from './on-bytes.ts';
import { compileTransform } from './transform.ts';
import { checkPipeline, isOwnStage, stageName, type OwnStage } from './stages.ts';

/** What the stages of one aggregation share. */
export interface Scope {
  readonly store: Store;
  readonly view: View;
  readonly database: string;
  readonly deadline: number | undefined;
  /** The `let` variables, of the command and of the `$lookup`s around. */
  readonly variables: Document | undefined;
}

interface Head {
  readonly query: Query;
  readonly rest: readonly Document[];
  /** The group id and field of a pipeline that only counts. */
  readonly counted: { id: unknown; field: string } | undefined;
}

/** The first stages, as far as a query by index does them. */
function splitHead(pipeline: readonly Document[]): Head {
  let at = 0;
  const take = (name: string): unknown => {
    const stage = pipeline[at];
    if (!isDocument(stage) || !(name in stage)) return undefined;
    at++;
    return stage[name];
  };
  const filter = take('$match');
  if (filter !== undefined) checkFilter(filter);
  const sort = take('$sort');
  if (sort !== undefined) stageSort(sort);
  const skip = take('$skip');
  const limit = take('$limit');
  const query: Query = {
    filter: (filter as Document | undefined) ?? {},
    sort: sort as Document | undefined,
    ...(skip === undefined ? {} : { skip: stageCount('$skip', skip) }),
    ...(limit === undefined ? {} : { limit: stageCount('$limit', limit) }),
  };
  const rest = pipeline.slice(at);
  return { query, rest, counted: countOf(rest) };
}

/** What countDocuments sends: `{$group: {_id: 1, n: {$sum: 1}}}` at the end. */
function countOf(rest: readonly Document[]): Head['counted'] {
  const group: unknown = rest.length === 1 ? rest[0]?.['$group'] : undefined;
  if (!isDocument(group)) return undefined;
  const [field, ...more] = Object.keys(group).filter((name) => name !== '_id');
  const sum: unknown = field === undefined ? undefined : group[field];
  const id: unknown = group['_id'];
  if (field === undefined || more.length > 0 || field.includes('.')) return undefined;
  if (!isDocument(sum) || Object.keys(sum).length !== 1 || toNumber(sum['$sum']) !== 1) return undefined;
  return id === null || !Number.isNaN(toNumber(id)) ? { id, field } : undefined;
}

function stageCount(name: string, argument: unknown): number {
  const number = toNumber(argument);
  if (!Number.isInteger(number) || number < 0) {
    throw new ServerError(
      name === '$limit' ? 2107201 : 5107200,
      `invalid argument to ${name} stage: Expected a non-negative number`,
    );
  }
  if (name === '$limit' && number === 0) throw new ServerError(15958, 'the limit must be positive');
  return number;
}

function checkFilter(argument: unknown): asserts argument is Document {
  if (!isDocument(argument))
    throw new ServerError(15959, 'the match filter must be an expression in an object');
}

function stageSort(argument: unknown): SortField[] {
  if (!isDocument(argument)) throw new ServerError(15973, 'the $sort key specification must be an object');
  const fields = parseSort(argument);
  if (fields.some(({ field }) => field === '$natural'))
    throw new ServerError(16410, "FieldPath field names may not start with '$'");
  if (fields.length === 0) throw new ServerError(15976, '$sort stage must have at least one sort key');
  return fields;
}

/** Runs a pipeline over a collection, by the index of the hint if there is one, and gives its documents as bytes. */
export function* runPipeline(
  scope: Scope,
  namespace: string,
  pipeline: unknown,
  hint: unknown,
): Generator<Buffer> {
  const stages = checkPipeline(pipeline);
  const { query, rest, counted } = splitHead(stages);
  const rows = findRows(scope.store, scope.view, namespace, {
    ...query,
    hint,
    deadline: scope.deadline,
    variables: scope.variables,
  });
  if (counted) {
    const count = countRows(rows);
    if (count > 0) yield encode({ _id: counted.id, [counted.field]: count });
    return;
  }
  const bytes = onBytes(scope, rows, rest);
  if (bytes) return yield* bytes;
  const documents = Array.from(rows, ([, raw]) => decode(raw));
  for (const document of runOver(scope, documents, rest)) yield encode(document);
}

/** Runs a pipeline over a collection and gives plain documents: what `$lookup` and `$unionWith` take. */
export function pipelineDocuments(
  scope: Scope,
  namespace: string,
  pipeline: readonly Document[],
): Document[] {
  const { query, rest } = splitHead(pipeline);
  const filter = withIndexableEquality(query.filter, scope.variables);
  const rows = findRows(scope.store, scope.view, namespace, {
    ...query,
    filter,
    deadline: scope.deadline,
    variables: scope.variables,
  });
  return runOver(
    scope,
    Array.from(rows, ([, raw]) => decode(raw)),
    rest,
  );
}

/** Runs stages over documents. */
export function runOver(scope: Scope, documents: Document[], stages: readonly Document[]): Document[] {
  let current = documents;
  for (const stage of stages) {
    const name = stageName(stage);
    current = isOwnStage(name)
      ? OWN[name](scope, current, stage[name])
      : compileTransform(name, stage[name])(current, scope.variables);
  }
  return current;
}

type Step = (scope: Scope, documents: Document[], argument: unknown) => Document[];

const OWN: Readonly<Record<OwnStage, Step>> = {
  $match: (scope, documents, argument) => {
    checkFilter(argument);
    const test = compileFilter(argument, scope.variables ? { variables: scope.variables } : {});
    return documents.filter((document) => test(encode(document)));
  },
  $sort: (_scope, documents, argument) => {
    const key = sortKey(stageSort(argument));
    const keyed = documents.map((document) => ({ document, key: key(encode(document)) }));
    return keyed.toSorted((a, b) => Buffer.compare(a.key, b.key)).map(({ document }) => document);
  },
  $limit: (_scope, documents, argument) => documents.slice(0, stageCount('$limit', argument)),
  $skip: (_scope, documents, argument) => documents.slice(stageCount('$skip', argument)),
  $count: (_scope, documents, argument) => {
    if (typeof argument !== 'string' || argument === '')
      throw new ServerError(40156, 'the count field must be a non-empty string');
    if (argument.startsWith('$')) throw new ServerError(40158, 'the count field cannot be a $-prefixed path');
    if (argument.includes('.')) throw new ServerError(40160, "the count field cannot contain '.'");
    return documents.length > 0 ? [{ [argument]: new Int32(documents.length) }] : [];
  },
  $lookup: lookup,
  $unionWith: (scope, documents, argument) => {
    const { coll, pipeline = [], ...more } = isDocument(argument) ? argument : { coll: argument };
    const [unknown] = Object.keys(more);
    if (unknown) throw new ServerError(40415, `BSON field '$unionWith.${unknown}' is an unknown field.`);
    if (typeof coll !== 'string') throw notSupported('$unionWith without a collection');
    return [...documents, ...pipelineDocuments(scope, `${scope.database}.${coll}`, checkPipeline(pipeline))];
  },
  $facet: (scope, documents, argument) => {
    if (!isDocument(argument) || Object.keys(argument).length === 0)
      throw new ServerError(40169, 'the $facet specification must be a non-empty object');
    for (const stages of Object.values(argument)) {
      if (checkPipeline(stages).some((stage) => '$facet' in stage))
        throw new ServerError(40600, '$facet is not allowed to be used within a $facet stage');
    }
    const bytes = documents.map(encode);
    // every facet begins with documents of its own: a stage may change them
    const facets = Object.entries(argument).map(([name, stages]) => [
      name,
      runOver(scope, bytes.map(decode), checkPipeline(stages)),
    ]);
    return [Object.fromEntries(facets) as Document];
  },
};
