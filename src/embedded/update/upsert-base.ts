import type { Document } from 'bson';
import { isOperators, isRegex } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import { findTarget, readTarget, writeTarget } from './target.ts';

/**
 * The document an upsert starts from: the equality conditions of its filter, those inside `$and` and a single-branch
 * `$or` too (manual, "Upsert with Operator Expressions").
 */
export function upsertBase(filter: Document): Document {
  const base: Document = {};
  addEqualities(base, filter);
  return base;
}

function addEqualities(base: Document, filter: Document): void {
  for (const [field, condition] of Object.entries(filter)) {
    if (field === '$and') for (const branch of condition as Document[]) addEqualities(base, branch);
    else if (field === '$or' && (condition as Document[]).length === 1)
      addEqualities(base, (condition as Document[])[0] ?? {});
    else if (!field.startsWith('$')) addEquality(base, field, condition);
  }
}

function addEquality(base: Document, field: string, condition: unknown): void {
  const values = equalTo(condition);
  if (values.length !== 1) return;
  const target = findTarget(base, field.split('.'), 'create');
  if (!target) return;
  if (readTarget(target) !== undefined)
    throw new ServerError(54, `cannot infer query fields to set, path '${field}' is matched twice`);
  writeTarget(target, values[0]);
}

function equalTo(condition: unknown): unknown[] {
  if (isRegex(condition)) return [];
  if (!isOperators(condition)) return [condition];
  if ('$eq' in condition) return [condition['$eq']];
  for (const operator of ['$in', '$all']) {
    const list: unknown = condition[operator];
    if (Array.isArray(list) && list.length === 1 && !isOperators(list[0]) && !isRegex(list[0])) return list;
  }
  return [];
}
