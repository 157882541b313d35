import type { Document } from 'bson';
import { compareValues, keyText } from '../bson/key.ts';
import { encode } from '../bson/raw.ts';
import { isDocument, isNumber, isOperators, isRegex, toNumber, typeName } from '../bson/values.ts';
import { compileField, compileFilter } from '../query/match.ts';
import { parseSort } from '../query/sort.ts';
import { ServerError } from '../server-error.ts';
import type { Prepare } from './change.ts';

function arrayOf(current: unknown, path: string, operator: string): unknown[] {
  if (current === undefined) return [];
  if (Array.isArray(current)) return current;
  throw new ServerError(
    2,
    `The field '${path}' must be an array but is of type ${typeName(current)} (${operator})`,
  );
}

const PUSH_MODIFIERS = new Set(['$each', '$position', '$slice', '$sort']);

/** `$push` with `$each`, `$position`, `$sort`, `$slice`, done in that order (manual, "$push"). */
export const push: Prepare = (argument, path) => {
  if (!isDocument(argument) || !('$each' in argument)) {
    return (current) => [...arrayOf(current, path, '$push'), argument];
  }
  const each = argument['$each'];
  if (!Array.isArray(each)) throw new ServerError(2, 'The argument to $each in $push must be an array');
  const unknown = Object.keys(argument).find((name) => !PUSH_MODIFIERS.has(name));
  if (unknown) throw new ServerError(2, `Unrecognized clause in $push: ${unknown}`);
  const position = wholeNumber(argument['$position'], '$position');
  const slice = wholeNumber(argument['$slice'], '$slice');
  const order = '$sort' in argument ? elementOrder(argument['$sort']) : undefined;
  return (current) => {
    let list = [...arrayOf(current, path, '$push')];
    list.splice(position ?? list.length, 0, ...each);
    if (order) list = list.toSorted(order);
    if (slice === undefined) return list;
    return slice === 0 ? [] : slice < 0 ? list.slice(slice) : list.slice(0, slice);
  };
};

function wholeNumber(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  const number = toNumber(value);
  if (!Number.isInteger(number)) throw new ServerError(2, `The value for ${name} must be an integer value`);
  return number;
}

function elementOrder(sort: unknown): (a: unknown, b: unknown) => number {
  if (isNumber(sort)) {
    const direction = toNumber(sort);
    if (direction !== 1 && direction !== -1)
      throw new ServerError(2, 'The $sort element value must be either 1 or -1');
    return (a, b) => compareValues(a, b) * direction;
  }
  if (!isDocument(sort))
    throw new ServerError(2, 'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1}');
  const fields = parseSort(sort).map(({ field, direction }) => ({ parts: field.split('.'), direction }));
  return (a, b) => {
    for (const { parts, direction } of fields) {
      const order = compareValues(valueAt(a, parts), valueAt(b, parts)) * direction;
      if (order !== 0) return order;
    }
    return 0;
  };
}

function valueAt(value: unknown, parts: readonly string[]): unknown {
  let node = value;
  for (const part of parts) node = isDocument(node) ? node[part] : undefined;
  return node;
}

/** `$addToSet`, with or without `$each`. */
export const addToSet: Prepare = (argument, path) => {
  let values: unknown[] = [argument];
  if (isDocument(argument) && '$each' in argument) {
    if (!Array.isArray(argument['$each']))
      throw new ServerError(14, 'The argument to $each in $addToSet must be an array');
    if (Object.keys(argument).length > 1)
      throw new ServerError(2, 'Found unexpected fields after $each in $addToSet');
    values = argument['$each'];
  }
  return (current) => {
    const list = [...arrayOf(current, path, '$addToSet')];
    const keys = new Set(list.map(keyText));
    for (const value of values) {
      const key = keyText(value);
      if (!keys.has(key)) list.push(value);
      keys.add(key);
    }
    return list;
  };
};

/** `$pop: 1` takes the last element, `-1` the first. */
export const pop: Prepare = (argument, path) => {
  const end = toNumber(argument);
  if (end !== 1 && end !== -1) throw new ServerError(9, '$pop expects 1 or -1');
  return (current) => {
    if (!Array.isArray(current))
      throw new ServerError(
        14,
        `Path '${path}' contains an element of non-array type '${typeName(current)}'`,
      );
    return end === 1 ? current.slice(0, -1) : current.slice(1);
  };
};

/** `$pull`: by equality, by operators on the element, or by a filter on an element that is a document. */
export const pull: Prepare = (argument, path) => {
  const matches = pullTest(argument);
  return (current) => {
    if (!Array.isArray(current))
      throw new ServerError(2, `Cannot apply $pull to a non-array value at '${path}'`);
    return current.filter((element) => !matches(element));
  };
};

function pullTest(argument: unknown): (element: unknown) => boolean {
  if (isDocument(argument) && !isOperators(argument)) {
    const test = compileFilter(argument);
    return (element) => isDocument(element) && test(encode(element));
  }
  if (isDocument(argument) || isRegex(argument)) {
    if (isLogical(argument)) {
      const test = compileFilter(argument as Document);
      return (element) => isDocument(element) && test(encode(element));
    }
    const test = compileField('v', argument, {});
    return (element) => test(encode({ v: element }));
  }
  const key = keyText(argument);
  return (element) => keyText(element) === key;
}

function isLogical(argument: unknown): boolean {
  return isDocument(argument) && ['$and', '$or', '$nor', '$expr'].includes(Object.keys(argument)[0] ?? '');
}

/** `$pullAll`: every element equal to one of the list. */
export const pullAll: Prepare = (argument, path) => {
  if (!Array.isArray(argument)) throw new ServerError(2, '$pullAll requires an array argument');
  const keys = new Set(argument.map(keyText));
  return (current) => {
    if (!Array.isArray(current))
      throw new ServerError(2, `Cannot apply $pullAll to a non-array value at '${path}'`);
    return current.filter((element) => !keys.has(keyText(element)));
  };
};
