import type { Document } from 'bson';
import { isDocument } from '../bson/values.ts';

/**
 * A filter to which every `$expr: {$eq: ['$field', '$$variable']}` adds the equality that an index can answer.
 * `$expr` does not look into arrays and the equality does, so it finds no fewer; the `$expr` stays and decides.
 */
export function withIndexableEquality(filter: Document, variables: Document | undefined): Document {
  if (!variables) return filter;
  const equalities = [...expressionsOf(filter)].flatMap((expression) => equalityOf(expression, variables));
  return equalities.length === 0 ? filter : { $and: [filter, ...equalities] };
}

function* expressionsOf(filter: Document): Generator<unknown> {
  if ('$expr' in filter) yield* conjuncts(filter['$expr']);
  const branches: unknown = filter['$and'];
  if (Array.isArray(branches))
    for (const branch of branches) if (isDocument(branch)) yield* expressionsOf(branch);
}

function* conjuncts(expression: unknown): Generator<unknown> {
  const parts: unknown = isDocument(expression) ? expression['$and'] : undefined;
  if (Array.isArray(parts)) for (const part of parts) yield* conjuncts(part);
  else yield expression;
}

function equalityOf(expression: unknown, variables: Document): Document[] {
  const sides: unknown = isDocument(expression) ? expression['$eq'] : undefined;
  if (!Array.isArray(sides) || sides.length !== 2) return [];
  const field = sides.find((side) => typeof side === 'string' && /^\$[^$]/.test(side)) as string | undefined;
  const variable = sides.find((side) => typeof side === 'string' && /^\$\$[a-z]\w*$/.test(side)) as
    string | undefined;
  if (!field || !variable) return [];
  const value: unknown = variables[variable.slice(2)];
  const usable =
    value !== null &&
    value !== undefined &&
    !Array.isArray(value) &&
    !isDocument(value) &&
    !(value instanceof RegExp);
  return usable ? [{ [field.slice(1)]: { $eq: value } }] : [];
}
