import type { Document } from 'bson';
import { withArray } from '../bson/array-field.ts';
import { valueKey } from '../bson/key.ts';
import { collectKeys } from '../bson/paths.ts';
import { decode, decodeValue, encode, EMPTY_ARRAY_VALUE, type RawValue } from '../bson/raw.ts';
import { isDocument, isRegex } from '../bson/values.ts';
import { findRows } from '../query/find.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { compileExpression, environmentOf } from './expression.ts';
import type { Evaluate } from './operator.ts';
import { pipelineDocuments, runOver, type Scope } from './pipeline.ts';
import { setThrough } from './set-through.ts';
import { checkPipeline } from './stages.ts';

interface Lookup {
  readonly from: string;
  readonly as: readonly string[];
  readonly localField?: string;
  readonly foreignField?: string;
  readonly variables: readonly (readonly [string, Evaluate])[];
  readonly pipeline: readonly Document[];
}

/** More values than this are not looked up one by one: the foreign collection is read through once. */
const MAX_VALUES = 5000;
const FIELDS = new Set(['from', 'as', 'localField', 'foreignField', 'let', 'pipeline']);

/** The `$lookup` stage: by equality of two fields, by a pipeline, or by both. */
export function lookup(scope: Scope, documents: Document[], argument: unknown): Document[] {
  const spec = parseLookup(argument);
  const namespace = `${scope.database}.${spec.from}`;
  if (spec.localField !== undefined) return joinByFields(scope, documents, spec, namespace);
  return documents.map((document) => {
    const inner: Scope = {
      ...scope,
      variables: { ...scope.variables, ...variablesFor(document, spec, scope) },
    };
    return setThrough(document, spec.as, pipelineDocuments(inner, namespace, spec.pipeline));
  });
}

function parseLookup(argument: unknown): Lookup {
  if (!isDocument(argument)) throw new ServerError(9, 'the $lookup specification must be an Object');
  const unknown = Object.keys(argument).find((field) => !FIELDS.has(field));
  if (unknown) throw new ServerError(9, `unknown argument to $lookup: ${unknown}`);
  const { from, as, localField, foreignField, let: variables = {}, pipeline } = argument;
  if (from === undefined) throw notSupported('$lookup without from');
  for (const [name, value] of Object.entries({
    from,
    as,
    localField: localField ?? '',
    foreignField: foreignField ?? '',
  })) {
    if (typeof value !== 'string') throw new ServerError(9, `$lookup argument '${name}' must be a string`);
  }
  if ((localField === undefined) !== (foreignField === undefined))
    throw new ServerError(9, '$lookup requires both or neither of localField and foreignField');
  if (localField === undefined && pipeline === undefined)
    throw new ServerError(9, '$lookup requires either a pipeline or localField and foreignField');
  const stages = checkPipeline(pipeline ?? []);
  const compiled = Object.entries(variables as Document).map(
    ([name, value]) => [name, compileExpression(value)] as const,
  );
  return { from, as: as.split('.'), localField, foreignField, variables: compiled, pipeline: stages };
}

/** The variables for one document: those around, and those of `let`. */
function variablesFor(document: Document, { variables }: Lookup, scope: Scope): Document {
  const environment = environmentOf(document, scope.variables);
  return {
    ...scope.variables,
    ...Object.fromEntries(variables.map(([name, evaluate]) => [name, evaluate(environment)])),
  };
}

/**
 * One query for all local values, answered by the index of the foreign field where there is one; then joined by the
 * keys of the values. A missing field joins null and missing ones.
 */
function joinByFields(scope: Scope, documents: Document[], spec: Lookup, namespace: string): Document[] {
  const raws = documents.map((document) => encode(document));
  const found = joinedBy(scope, raws, spec, namespace);
  return documents.map((document, i) => {
    let joined = (found[i] as Buffer[]).map((raw) => decode(raw));
    if (spec.pipeline.length > 0) {
      const variables = variablesFor(document, spec, scope);
      joined = runOver({ ...scope, variables }, joined, spec.pipeline);
    }
    return setThrough(document, spec.as, joined);
  });
}

/** A join by fields alone into a top-level field: it can be done on bytes. */
function isPlain({ localField, pipeline, as }: Lookup): boolean {
  return localField !== undefined && pipeline.length === 0 && as.length === 1;
}

type Join = (documents: readonly Buffer[]) => Buffer[];

/** A `$lookup` stage on documents as bytes; undefined if it does more than to join by fields. */
export function lookupOnBytes(scope: Scope, argument: unknown): Join | undefined {
  const spec = parseLookup(argument);
  if (!isPlain(spec)) return undefined;
  const namespace = `${scope.database}.${spec.from}`;
  return (documents) =>
    joinedBy(scope, documents, spec, namespace).map((joined, i) =>
      withArray(documents[i] as Buffer, spec.as[0] as string, joined),
    );
}

/** The foreign documents of each document. */
function joinedBy(scope: Scope, documents: readonly Buffer[], spec: Lookup, namespace: string): Buffer[][] {
  const local = documents.map((raw) => keysOf(raw, spec.localField as string));
  const values = new Map(local.flatMap((keys) => [...keys]));
  const foreign = foreignByKey(scope, namespace, spec, values);
  return local.map((keys) => {
    const found = new Set([...keys.keys()].flatMap((key) => foreign.get(key) ?? []));
    return [...found].toSorted((a, b) => a.order - b.order).map(({ raw }) => raw);
  });
}

function keysOf(raw: Buffer, path: string): Map<string, RawValue> {
  const values: RawValue[] = [];
  collectKeys(raw, 0, path.split('.'), 0, values);
  return new Map(
    values
      .filter((value) => value !== EMPTY_ARRAY_VALUE)
      .map((value) => [valueKey(value.bytes, value.type, value.offset).toString('latin1'), value]),
  );
}

interface Foreign {
  readonly order: number;
  readonly raw: Buffer;
}

function foreignByKey(
  scope: Scope,
  namespace: string,
  spec: Lookup,
  wanted: ReadonlyMap<string, RawValue>,
): Map<string, Foreign[]> {
  const path = spec.foreignField as string;
  const list = [...wanted.values()].map((value) => (value.bytes.length === 0 ? null : decodeValue(value)));
  const byKey = new Map<string, Foreign[]>();
  if (list.length === 0) return byKey;
  const filter = list.length > MAX_VALUES || list.some(isRegex) ? {} : { [path]: { $in: list } };
  let order = 0;
  for (const [, raw] of findRows(scope.store, scope.view, namespace, { filter, deadline: scope.deadline })) {
    const foreign: Foreign = { order: order++, raw };
    for (const key of keysOf(raw, path).keys()) {
      if (!wanted.has(key)) continue;
      const known = byKey.get(key);
      if (known) known.push(foreign);
      else byKey.set(key, [foreign]);
    }
  }
  return byKey;
}
