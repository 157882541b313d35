import type { Document } from 'bson';
import { findElement, eachElement, TYPE, wrapValue, type RawValue } from '../bson/raw.ts';
import { isDocument, isOperators, isTrue } from '../bson/values.ts';
import { compileField, compileFilter, elementTest } from './match.ts';
import type { ElementTest } from './predicate.ts';

/**
 * Which element of the array at `path` the filter matched: what `$` stands for in an update or a projection
 * (manual, "$ (update)"). Undefined if no condition of the filter looks into that array.
 */
export function matchedPosition(filter: Document, raw: Buffer, path: string): number | undefined {
  const array = arrayAt(raw, path.split('.'));
  if (!array) return undefined;
  let position: number | undefined;
  for (const [field, condition] of conditions(filter, raw, path)) {
    const found = positionBy(field, condition, path, array);
    if (found !== undefined) position = found;
  }
  return position;
}

function* conditions(filter: Document, raw: Buffer, path: string): Generator<[string, unknown]> {
  for (const [field, condition] of Object.entries(filter)) {
    if (field === '$and') for (const branch of condition as Document[]) yield* conditions(branch, raw, path);
    else if (field === '$or') {
      const branch = (condition as Document[]).find((each) => compileFilter(each)(raw));
      if (branch) yield* conditions(branch, raw, path);
    } else if (!field.startsWith('$'))
      for (const each of positive(condition, field === path)) yield [field, each];
  }
}

/** Operators that say what is not there, and those that look at an array as a whole. */
const NEGATIONS = new Set(['$ne', '$nin', '$not']);
const OF_THE_WHOLE = new Set(['$exists', '$size']);

/** What of a condition points at an element: negations do not (manual, "$ (update)"), and of `$all` the last does. */
function positive(condition: unknown, isArray: boolean): unknown[] {
  if (!isOperators(condition)) return [condition];
  const { $all: all, ...others } = condition;
  const rest = Object.entries(others).filter(
    ([operator, argument]) =>
      !NEGATIONS.has(operator) &&
      !(operator === '$exists' && !isTrue(argument)) &&
      !(isArray && OF_THE_WHOLE.has(operator)),
  );
  return [
    ...(rest.length > 0 ? [Object.fromEntries(rest)] : []),
    ...(Array.isArray(all) ? (all as unknown[]) : []),
  ];
}

function arrayAt(raw: Buffer, parts: readonly string[]): RawValue | undefined {
  let offset = 0;
  let found: RawValue | undefined;
  for (const [i, part] of parts.entries()) {
    found = findElement(raw, offset, part);
    if (!found) return undefined;
    if (i < parts.length - 1 && found.type !== TYPE.object && found.type !== TYPE.array) return undefined;
    offset = found.offset;
  }
  return found?.type === TYPE.array ? found : undefined;
}

function positionBy(field: string, condition: unknown, path: string, array: RawValue): number | undefined {
  const test = elementCondition(field, condition, path);
  if (!test) return undefined;
  let index = -1;
  const found = eachElement(array.bytes, array.offset, (type, offset) => {
    index++;
    return test(array.bytes, type, offset);
  });
  return found ? index : undefined;
}

function elementCondition(field: string, condition: unknown, path: string): ElementTest | undefined {
  if (field === path) {
    if (isOperators(condition) && isDocument(condition['$elemMatch'])) {
      return elementTest(condition['$elemMatch'], {});
    }
    const test = compileField('v', condition, {});
    return (bytes, type, offset) => test(wrapValue(bytes, type, offset));
  }
  if (!field.startsWith(`${path}.`)) return undefined;
  const test = compileField(field.slice(path.length + 1), condition, {});
  return (bytes, type, offset) => type === TYPE.object && test(bytes, offset);
}
