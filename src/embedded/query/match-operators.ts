import type { Document } from 'bson';
import { eachElement, TYPE } from '../bson/raw.ts';
import { isNumber, isOperators, isRegex, isTrue, toNumber, TYPE_ALIASES } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { bitsLeaf, equalLeaf, inLeaf, modLeaf, rangeLeaf, sameLeaf, textLeaf } from './leaves.ts';
import { not, someValue, wholeValue, type ElementTest, type Predicate } from './predicate.ts';
import { flagsOf, toRegExp } from './regex.ts';

/** One operator of a field: its argument, and the condition it stands in (`$regex` reads `$options` from it). */
interface OperatorUse {
  readonly parts: readonly string[];
  readonly argument: unknown;
  readonly condition: Document;
  /** Compiles a further condition on the same field. */
  readonly compileField: (condition: unknown) => Predicate;
  /** Compiles the argument of `$elemMatch`. */
  readonly elementTest: (argument: unknown) => ElementTest;
}

type FieldOperator = (use: OperatorUse, operator: string) => Predicate;

const range: FieldOperator = (use, operator) => someValue(use.parts, rangeLeaf(operator, use.argument));
const bits: FieldOperator = (use, operator) => someValue(use.parts, bitsLeaf(operator, use.argument));
const refuse: FieldOperator = (_use, operator) => {
  throw notSupported(operator);
};

const FIELD_OPERATORS: Readonly<Record<string, FieldOperator>> = {
  $eq: (use) => someValue(use.parts, sameLeaf(use.argument)),
  $ne: (use) => {
    if (isRegex(use.argument)) throw new ServerError(2, "Can't have regex as arg to $ne.");
    return not(someValue(use.parts, equalLeaf(use.argument)));
  },
  $gt: range,
  $gte: range,
  $lt: range,
  $lte: range,
  $in: (use) => someValue(use.parts, inLeaf('$in', use.argument)),
  $nin: (use) => not(someValue(use.parts, inLeaf('$nin', use.argument))),
  $exists: (use) => {
    const exists = wholeValue(use.parts, (bytes) => bytes !== null);
    return isTrue(use.argument) ? exists : not(exists);
  },
  $type: typeOperator,
  $not: notOperator,
  $regex: regexOperator,
  $size: sizeOperator,
  $all: allOperator,
  $elemMatch: (use) => elementMatch(use.parts, use.elementTest(use.argument)),
  $mod: (use) => someValue(use.parts, modLeaf(use.argument)),
  $bitsAllSet: bits,
  $bitsAnySet: bits,
  $bitsAllClear: bits,
  $bitsAnyClear: bits,
  $geoWithin: refuse,
  $geoIntersects: refuse,
  $near: refuse,
  $nearSphere: refuse,
};

/** The operators of a field that a filter may use. */
export const FIELD_OPERATOR_NAMES: readonly string[] = Object.entries(FIELD_OPERATORS)
  .filter(([, build]) => build !== refuse)
  .map(([name]) => name);

/** True for an operator that is known, if only to be refused by name. */
export function isFieldOperator(name: string): boolean {
  return name in FIELD_OPERATORS;
}

/** The test of one operator; throws BadValue for a wrong argument. */
export function fieldOperator(name: string, use: OperatorUse): Predicate {
  return (FIELD_OPERATORS[name] as FieldOperator)(use, name);
}

function regexOperator({ parts, argument, condition }: OperatorUse): Predicate {
  const options: unknown = condition['$options'];
  if (options !== undefined && isRegex(argument) && flagsOf(argument) !== '')
    throw new ServerError(51075, 'options set in both $regex and $options');
  return someValue(parts, textLeaf(toRegExp(argument, options)));
}

function typeOperator({ parts, argument }: OperatorUse): Predicate {
  if (Array.isArray(argument) && argument.length === 0)
    throw new ServerError(9, `${parts.join('.')} must match at least one type`);
  const types = new Set((Array.isArray(argument) ? argument : [argument]).flatMap(typeBytes));
  return someValue(parts, (bytes, type) => bytes !== null && types.has(type));
}

const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(TYPE));

function typeBytes(name: unknown): readonly number[] {
  if (isNumber(name)) {
    const type = toNumber(name) === -1 ? TYPE.minKey : toNumber(name);
    if (!KNOWN_TYPES.has(type)) throw new ServerError(2, `Invalid numerical type code: ${toNumber(name)}`);
    return [type];
  }
  const types = typeof name === 'string' ? TYPE_ALIASES[name] : undefined;
  if (!types) throw new ServerError(2, `Unknown type name alias: ${String(name)}`);
  return types;
}

function notOperator({ argument, compileField }: OperatorUse): Predicate {
  if (!isRegex(argument) && !isOperators(argument))
    throw new ServerError(2, '$not needs a regex or a document');
  return not(compileField(argument));
}

function sizeOperator({ parts, argument }: OperatorUse): Predicate {
  const size = toNumber(argument);
  if (!Number.isInteger(size)) throw new ServerError(2, `Failed to parse $size. Expected an integer`);
  if (size < 0) throw new ServerError(2, 'Failed to parse $size. Expected a non-negative number');
  return wholeValue(parts, (bytes, type, offset) => {
    if (bytes === null || type !== TYPE.array) return false;
    let count = 0;
    eachElement(bytes, offset, () => ++count > size);
    return count === size;
  });
}

const isMatch = (value: unknown): value is Document => isOperators(value) && '$elemMatch' in value;

function allOperator({ parts, argument, elementTest }: OperatorUse): Predicate {
  if (!Array.isArray(argument)) throw new ServerError(2, '$all needs an array');
  if (argument.length === 0) return () => false;
  if (argument.some((value) => isOperators(value) && !isMatch(value)))
    throw new ServerError(2, 'no $ expressions in $all');
  if (new Set(argument.map(isMatch)).size > 1)
    throw new ServerError(2, '$all/$elemMatch has to be consistent');
  const tests = argument.map((value) =>
    isMatch(value)
      ? elementMatch(parts, elementTest(value['$elemMatch']))
      : someValue(parts, equalLeaf(value)),
  );
  return (raw, offset = 0) => tests.every((test) => test(raw, offset));
}

function elementMatch(parts: readonly string[], test: ElementTest): Predicate {
  return wholeValue(parts, (bytes, type, offset) => {
    if (bytes === null || type !== TYPE.array) return false;
    return eachElement(bytes, offset, (elementType, elementOffset) =>
      test(bytes, elementType, elementOffset),
    );
  });
}
