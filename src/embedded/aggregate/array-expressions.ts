import { Int32, type Document } from 'bson';
import { compareValues, keyText } from '../bson/key.ts';
import { encode } from '../bson/raw.ts';
import { isDocument, isNumber, toNumber } from '../bson/values.ts';
import { parseSort, sortKey } from '../query/sort.ts';
import { ServerError } from '../server-error.ts';
import {
  arrayValue,
  compareOrMissing,
  isNullish,
  isTruthy,
  namedArguments,
  onNamed,
  onPresent,
  onValues,
  wholeValue,
  type Evaluate,
  type Operator,
} from './operator.ts';

/** An operator that runs an inner expression for every element of an array, with a variable of its own. */
const perElement =
  (
    inner: string,
    work: (input: unknown[], run: (element: unknown) => unknown, limit: unknown) => unknown,
  ): Operator =>
  (argument, compile, name) => {
    const spec = namedArguments(
      argument,
      ['input', inner],
      inner === 'cond' ? ['as', 'limit'] : ['as'],
      name,
    );
    const variable = (spec['as'] as string | undefined) ?? 'this';
    const [input, evaluate] = [compile(spec['input']), compile(spec[inner])];
    const limit: Evaluate = 'limit' in spec ? compile(spec['limit']) : () => undefined;
    return (environment) => {
      const list = input(environment);
      if (isNullish(list)) return null;
      const run = (element: unknown): unknown =>
        evaluate({ ...environment, variables: { ...environment.variables, [variable]: element } });
      return work(arrayValue(list, name), run, limit(environment));
    };
  };

const reduce: Operator = (argument, compile, name) => {
  const spec = namedArguments(argument, ['input', 'initialValue', 'in'], [], name);
  const [input, initial, inner] = [
    compile(spec['input']),
    compile(spec['initialValue']),
    compile(spec['in']),
  ];
  return (environment) => {
    const list = input(environment);
    if (isNullish(list)) return null;
    return arrayValue(list, name).reduce(
      (value, element) =>
        inner({ ...environment, variables: { ...environment.variables, value, this: element } }),
      initial(environment),
    );
  };
};

function elementAt(list: unknown[], index: number): unknown {
  return list[index < 0 ? list.length + index : index];
}

const slice = onPresent(2, 3, ([list, first, count], name) => {
  const array = arrayValue(list, name);
  const position = wholeValue(first, name);
  if (count === undefined) return position < 0 ? array.slice(position) : array.slice(0, position);
  const size = wholeValue(count, name);
  if (size <= 0) throw new ServerError(28729, 'Third argument to $slice must be positive');
  const start = position < 0 ? Math.max(0, array.length + position) : position;
  return array.slice(start, start + size);
});

const range = onValues(2, 3, ([from, to, step = new Int32(1)], name) => {
  const [start, end, by] = [wholeValue(from, name), wholeValue(to, name), wholeValue(step, name)];
  if (by === 0) throw new ServerError(34449, '$range requires a non-zero step value');
  const list: Int32[] = [];
  for (let value = start; by > 0 ? value < end : value > end; value += by) list.push(new Int32(value));
  return list;
});

function distinct(values: readonly unknown[]): Map<string, unknown> {
  return new Map(values.map((value) => [keyText(value), value]));
}

const sets = (work: (lists: readonly Map<string, unknown>[]) => unknown): Operator =>
  onPresent(0, Infinity, (lists, name) => work(lists.map((list) => distinct(arrayValue(list, name)))));

const sorted = (values: Iterable<unknown>): unknown[] => [...values].toSorted(compareValues);

const sortArray = onNamed(['input', 'sortBy'], [], ({ input, sortBy }, name) => {
  if (isNullish(input)) return null;
  const list = arrayValue(input, name);
  if (isNumber(sortBy)) {
    const direction = toNumber(sortBy);
    if (direction !== 1 && direction !== -1)
      throw new ServerError(2942507, 'The $sort element value must be either 1 or -1');
    return list.toSorted((a, b) => compareValues(a, b) * direction);
  }
  // what is no document has none of the fields
  const key = sortKey(parseSort(sortBy as Document));
  const keyed = list.map((value) => ({ value, key: key(encode(isDocument(value) ? value : {})) }));
  return keyed.toSorted((a, b) => Buffer.compare(a.key, b.key)).map(({ value }) => value);
});

const arrayToObject = onPresent(1, 1, ([list], name) => {
  const pairs = arrayValue(list, name).map((pair) =>
    Array.isArray(pair) ? pair : isDocument(pair) ? [pair['k'], pair['v']] : [],
  );
  if (pairs.some(([key]) => typeof key !== 'string'))
    throw new ServerError(
      40394,
      '$arrayToObject requires an array of key-value pairs, where the key must be of type string',
    );
  return Object.fromEntries(pairs as [string, unknown][]);
});

const mergeObjects = onValues(0, Infinity, (values) =>
  mergeAll(values.length === 1 && Array.isArray(values[0]) ? values[0] : values),
);

/** The fields of documents together, later ones over earlier ones. */
export function mergeAll(values: readonly unknown[]): Document {
  const wrong = values.find((value) => !isNullish(value) && !isDocument(value));
  if (wrong !== undefined) throw new ServerError(40400, '$mergeObjects requires object inputs');
  return Object.assign({}, ...values.filter(isDocument)) as Document;
}

/** Operators on arrays, sets and objects. */
export const ARRAY_OPERATORS: Readonly<Record<string, Operator>> = {
  $size: onValues(1, 1, ([list], name) => new Int32(arrayValue(list, name).length)),
  $isArray: onValues(1, 1, ([value]) => Array.isArray(value)),
  $arrayElemAt: onPresent(2, 2, ([list, index], name) =>
    elementAt(arrayValue(list, name), wholeValue(index, name)),
  ),
  $first: onPresent(1, 1, ([list], name) => elementAt(arrayValue(list, name), 0)),
  $last: onPresent(1, 1, ([list], name) => elementAt(arrayValue(list, name), -1)),
  $slice: slice,
  $range: range,
  $reverseArray: onPresent(1, 1, ([list], name) => arrayValue(list, name).toReversed()),
  $concatArrays: onPresent(0, Infinity, (lists, name) => lists.flatMap((list) => arrayValue(list, name))),
  $in: onValues(2, 2, ([value, list], name) =>
    arrayValue(list, name).some((each) => compareOrMissing(each, value) === 0),
  ),
  $indexOfArray: onValues(2, 2, ([list, value], name) =>
    isNullish(list)
      ? null
      : new Int32(arrayValue(list, name).findIndex((each) => compareOrMissing(each, value) === 0)),
  ),
  $map: perElement('in', (list, run) => list.map((element) => run(element) ?? null)),
  $filter: perElement('cond', (list, run, limit) => {
    const kept = list.filter((element) => isTruthy(run(element)));
    return isNullish(limit) ? kept : kept.slice(0, wholeValue(limit, '$filter'));
  }),
  $reduce: reduce,
  $sortArray: sortArray,
  $setUnion: sets((lists) => sorted(new Map(lists.flatMap((list) => [...list])).values())),
  $setIntersection: sets(([first = new Map<string, unknown>(), ...others]) =>
    sorted([...first].filter(([key]) => others.every((other) => other.has(key))).map(([, value]) => value)),
  ),
  $setDifference: sets(([first = new Map<string, unknown>(), second]) =>
    [...first].filter(([key]) => !second?.has(key)).map(([, value]) => value),
  ),
  $anyElementTrue: onPresent(1, 1, ([list], name) => arrayValue(list, name).some(isTruthy)),
  $allElementsTrue: onPresent(1, 1, ([list], name) => arrayValue(list, name).every(isTruthy)),
  $objectToArray: onPresent(1, 1, ([value]) => {
    if (!isDocument(value)) throw new ServerError(40390, '$objectToArray requires a document input');
    return Object.entries(value).map(([k, v]) => ({ k, v: v as unknown }));
  }),
  $arrayToObject: arrayToObject,
  $mergeObjects: mergeObjects,
};
