import type { Document } from 'bson';
import { compileExpression, environmentOf } from '../aggregate/expression.ts';
import { isTruthy } from '../aggregate/operator.ts';
import { decode, TYPE, wrapValue } from '../bson/raw.ts';
import { isDocument, isOperators } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { equalLeaf } from './leaves.ts';
import { fieldOperator, isFieldOperator } from './match-operators.ts';
import { someValue, type ElementTest, type MatchOptions, type Predicate } from './predicate.ts';

type TopOperator = (name: string, argument: unknown, options: MatchOptions) => Predicate;

/** The operators of a filter that stand in the place of a field. */
const TOP_OPERATORS: Readonly<Record<string, TopOperator>> = {
  $and: (name, argument, options) => allOf(branches(name, argument, options)),
  $or: (name, argument, options) => anyOf(branches(name, argument, options)),
  $nor: (name, argument, options) => noneOf(branches(name, argument, options)),
  $expr: (_name, argument, options) => expressionTest(argument, options.variables),
  $comment: () => () => true,
};

const KNOWN_ELSEWHERE = new Set([
  '$where',
  '$text',
  '$jsonSchema',
  '$sampleRate',
  '$alwaysFalse',
  '$alwaysTrue',
]);

/** The names of the operators that stand in the place of a field. */
export const TOP_OPERATOR_NAMES: readonly string[] = Object.keys(TOP_OPERATORS);

/**
 * Compiles a filter (manual, "Query and Projection Operators") to a test on raw documents.
 * Throws BadValue for what is not a filter and names an operator that is not supported.
 */
export function compileFilter(filter: Document, options: MatchOptions = {}): Predicate {
  const tests = Object.entries(filter).map(([name, condition]) =>
    name.startsWith('$') ? topOperator(name, condition, options) : compileField(name, condition, options),
  );
  return allOf(tests);
}

function topOperator(name: string, argument: unknown, options: MatchOptions): Predicate {
  if (options.inElement && REFERENCE_FIELDS.has(name)) return compileField(name, argument, options);
  const build = TOP_OPERATORS[name];
  if (build) return build(name, argument, options);
  if (KNOWN_ELSEWHERE.has(name)) throw notSupported(name);
  throw new ServerError(
    2,
    `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
  );
}

function expressionTest(expression: unknown, variables: Document | undefined): Predicate {
  const evaluate = compileExpression(expression);
  return (raw, offset = 0) => {
    const document = offset === 0 ? raw : raw.subarray(offset, offset + raw.readInt32LE(offset));
    return isTruthy(evaluate(environmentOf(decode(document), variables)));
  };
}

function branches(name: string, argument: unknown, options: MatchOptions): Predicate[] {
  if (!Array.isArray(argument)) throw new ServerError(2, `${name} must be an array`);
  if (argument.length === 0) throw new ServerError(2, '$and/$or/$nor must be a nonempty array');
  return argument.map((branch) => {
    if (!isDocument(branch)) {
      throw new ServerError(2, '$or/$and/$nor entries need to be full objects');
    }
    return compileFilter(branch, options);
  });
}

function allOf(tests: readonly Predicate[]): Predicate {
  if (tests.length === 1) return tests[0] as Predicate;
  return (raw, offset = 0) => tests.every((test) => test(raw, offset));
}

function anyOf(tests: readonly Predicate[]): Predicate {
  return (raw, offset = 0) => tests.some((test) => test(raw, offset));
}

function noneOf(tests: readonly Predicate[]): Predicate {
  return (raw, offset = 0) => !tests.some((test) => test(raw, offset));
}

/** The test of one field: `{field: value}` or `{field: {$operator: ..., ...}}`. */
export function compileField(field: string, condition: unknown, options: MatchOptions): Predicate {
  const parts = field.split('.');
  if (!isOperators(condition)) return someValue(parts, equalLeaf(condition));
  if ('$options' in condition && !('$regex' in condition))
    throw new ServerError(2, '$options needs a $regex');
  return allOf(
    Object.entries(condition)
      .filter(([operator]) => operator !== '$options')
      .map(([operator, argument]) => {
        if (!isFieldOperator(operator)) throw new ServerError(2, `unknown operator: ${operator}`);
        return fieldOperator(operator, {
          parts,
          argument,
          condition,
          compileField: (inner) => compileField(field, inner, options),
          elementTest: (inner) => elementTest(inner, options),
        });
      }),
  );
}

const LOGICAL = new Set(['$and', '$or', '$nor', '$expr']);
/** The fields of a DBRef (manual, "Database References"). */
const REFERENCE_FIELDS = new Set(['$ref', '$id', '$db']);

/** The test that `$elemMatch` puts to one array element. */
export function elementTest(argument: unknown, options: MatchOptions): ElementTest {
  if (!isDocument(argument)) throw new ServerError(2, '$elemMatch needs an Object');
  const first = Object.keys(argument)[0];
  if (first?.startsWith('$') && !LOGICAL.has(first) && !REFERENCE_FIELDS.has(first)) {
    const test = compileField('v', argument, options);
    return (bytes, type, offset) => test(wrapValue(bytes, type, offset));
  }
  const test = compileFilter(argument, { ...options, inElement: true });
  return (bytes, type, offset) => (type === TYPE.object || type === TYPE.array) && test(bytes, offset);
}
