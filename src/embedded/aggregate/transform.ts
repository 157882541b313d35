import { Int32, Long, type Document } from 'bson';
import { compareValues, keyText } from '../bson/key.ts';
import { isDocument, isTrue, typeName } from '../bson/values.ts';
import { compileDocumentProjection } from '../query/projection.ts';
import { ServerError } from '../server-error.ts';
import { accumulatorOf } from './accumulators.ts';
import { compileExpression, environmentOf } from './expression.ts';
import { isNullish, namedArguments } from './operator.ts';
import { setThrough } from './set-through.ts';

/** A stage that makes documents of documents, with the variables that are set around it. */
export type Transform = (documents: Document[], variables: Document | undefined) => Document[];

function addFields(argument: unknown, name: string): Transform {
  if (!isDocument(argument)) throw new ServerError(40272, `${name} specification stage must be an object`);
  if (Object.keys(argument).length === 0)
    throw new ServerError(
      40177,
      `Invalid ${name} :: caused by :: specification must have at least one field`,
    );
  const fields = [...flatten(argument, [])].map(([path, expression]) => ({
    path,
    evaluate: compileExpression(expression),
  }));
  return (documents, variables) =>
    documents.map((document) => {
      const environment = environmentOf(document, variables);
      let result = document;
      for (const { path, evaluate } of fields) result = setThrough(result, path, evaluate(environment));
      return result;
    });
}

/** The fields of a specification by path: `{a: {b: 1}}` and `{'a.b': 1}` are the same. */
function* flatten(fields: Document, prefix: readonly string[]): Generator<[string[], unknown]> {
  for (const [name, value] of Object.entries(fields)) {
    const path = [...prefix, ...name.split('.')];
    if (path.some((part) => part === '' || part.startsWith('$')))
      throw new ServerError(16410, `FieldPath '${path.join('.')}' is not valid`);
    const first = isDocument(value) ? Object.keys(value)[0] : undefined;
    if (isDocument(value) && first !== undefined && !first.startsWith('$')) yield* flatten(value, path);
    else yield [path, value];
  }
}

function unset(argument: unknown): Transform {
  const paths: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (paths.length === 0 || paths.some((path) => typeof path !== 'string' || path === '')) {
    throw new ServerError(31120, '$unset specification must be a string or an array of strings');
  }
  return project(Object.fromEntries(paths.map((path) => [path, false])));
}

function project(argument: unknown): Transform {
  if (!isDocument(argument) || Object.keys(argument).length === 0) {
    throw new ServerError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  }
  return (documents, variables) => documents.map(compileDocumentProjection(argument, variables));
}

function replaceRoot(argument: unknown): Transform {
  return replaceWith(namedArguments(argument, ['newRoot'], [], '$replaceRoot')['newRoot']);
}

function replaceWith(argument: unknown): Transform {
  const evaluate = compileExpression(argument);
  return (documents, variables) =>
    documents.map((document) => {
      const value = evaluate(environmentOf(document, variables));
      if (isDocument(value)) return value;
      throw new ServerError(
        40228,
        `'newRoot' expression must evaluate to an object, but resulting value was of type: ${value === undefined ? 'missing' : typeName(value)}`,
      );
    });
}

function unwind(argument: unknown): Transform {
  const spec = typeof argument === 'string' ? { path: argument } : argument;
  const {
    path,
    includeArrayIndex: index,
    preserveNullAndEmptyArrays: preserve,
  } = namedArguments(spec, ['path'], ['includeArrayIndex', 'preserveNullAndEmptyArrays'], '$unwind');
  if (typeof path !== 'string' || !path.startsWith('$'))
    throw new ServerError(
      28818,
      `path option to $unwind stage should be prefixed with a '$': ${String(path)}`,
    );
  const parts = path.slice(1).split('.');
  const withIndex = (document: Document, position: Long | null): Document =>
    typeof index === 'string' ? setThrough(document, index.split('.'), position) : document;
  return (documents) =>
    documents.flatMap((document) => {
      const value = fieldAt(document, parts);
      if (Array.isArray(value) && value.length > 0) {
        return value.map((element, i) => withIndex(setThrough(document, parts, element), Long.fromNumber(i)));
      }
      if (!isNullish(value) && !Array.isArray(value)) return [withIndex(document, null)];
      if (!isTrue(preserve)) return [];
      return [withIndex(Array.isArray(value) ? setThrough(document, parts, undefined) : document, null)];
    });
}

/** The value of a path through documents only: an array on the way has none. */
function fieldAt(document: Document, parts: readonly string[]): unknown {
  let value: unknown = document;
  for (const part of parts) value = isDocument(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value;
}

function group(argument: unknown): Transform {
  if (!isDocument(argument)) throw new ServerError(15947, "a group's fields must be specified in an object");
  if (!('_id' in argument)) throw new ServerError(15955, 'a group specification must include an _id');
  const { _id: idExpression, ...fields } = argument;
  const evaluateId = compileExpression(idExpression);
  const outputs = Object.entries(fields).map(([field, spec]) => groupField(field, spec));
  return (documents, variables) => {
    const groups = new Map<string, { id: unknown; members: Document[] }>();
    for (const document of documents) {
      const id = evaluateId(environmentOf(document, variables)) ?? null;
      const key = keyText(id);
      const known = groups.get(key);
      if (known) known.members.push(document);
      else groups.set(key, { id, members: [document] });
    }
    return [...groups.values()].map(({ id, members }) => ({
      _id: id,
      ...Object.fromEntries(outputs.map(({ field, accumulate }) => [field, accumulate(members, variables)])),
    }));
  };
}

function groupField(
  field: string,
  spec: unknown,
): { field: string; accumulate: (members: Document[], variables: Document | undefined) => unknown } {
  const [name, ...more] = isDocument(spec) ? Object.keys(spec) : [];
  if (name === undefined) throw new ServerError(40234, `The field '${field}' must be an accumulator object`);
  if (more.length > 0) throw new ServerError(40238, `The field '${field}' must specify one accumulator`);
  if (field.includes('.')) throw new ServerError(40235, `The field name '${field}' cannot contain '.'`);
  const accumulator = accumulatorOf(name);
  const argument: unknown = (spec as Document)[name];
  if (name === '$count' && !(isDocument(argument) && Object.keys(argument).length === 0))
    throw new ServerError(14, '$count takes no arguments, i.e. $count:{}');
  const evaluate = compileExpression(argument);
  return {
    field,
    accumulate: (members, variables) =>
      accumulator(members.map((member) => evaluate(environmentOf(member, variables)))),
  };
}

function sortByCount(argument: unknown): Transform {
  const count = group({ _id: argument, count: { $sum: new Int32(1) } });
  return (documents, variables) =>
    count(documents, variables).toSorted((a, b) => compareValues(b['count'], a['count']));
}

/** The stages that look at one document after the other and at nothing else. */
const TRANSFORMS: Readonly<Record<string, (argument: unknown, name: string) => Transform>> = {
  $project: project,
  $addFields: addFields,
  $set: addFields,
  $unset: unset,
  $replaceRoot: replaceRoot,
  $replaceWith: replaceWith,
  $unwind: unwind,
  $group: group,
  $sortByCount: sortByCount,
};

/** The names of these stages. */
export const TRANSFORM_STAGES: readonly string[] = Object.keys(TRANSFORMS);

/** Compiles one of these stages. */
export function compileTransform(name: string, argument: unknown): Transform {
  return (TRANSFORMS[name] as (argument: unknown, name: string) => Transform)(argument, name);
}
