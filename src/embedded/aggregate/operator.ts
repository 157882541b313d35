import type { Document } from 'bson';
import { compareValues } from '../bson/key.ts';
import { isDocument, isNumber, toNumber, typeName } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';

/** What an expression is evaluated with: the document, and the variables of `let`, `$map` and their like. */
export interface Environment {
  readonly root: Document;
  readonly variables: Document;
}

/** A compiled expression; undefined is a missing value. */
export type Evaluate = (environment: Environment) => unknown;

/** Compiles the use of an operator. `compile` compiles what is inside. */
export type Operator = (
  argument: unknown,
  compile: (expression: unknown) => Evaluate,
  name: string,
) => Evaluate;

/** An operator on a list of values: `{$op: [a, b]}`, or `{$op: a}` for one. */
export function onValues(
  least: number,
  most: number,
  work: (values: unknown[], name: string) => unknown,
): Operator {
  return (argument, compile, name) => {
    const list = (Array.isArray(argument) ? argument : [argument]).map(compile);
    if (list.length < least || list.length > most) {
      const wanted = least === most ? `exactly ${least}` : `at least ${least} and at most ${most}`;
      throw new ServerError(
        16020,
        `Expression ${name} takes ${wanted} arguments. ${list.length} were passed in.`,
      );
    }
    return (environment) =>
      work(
        list.map((evaluate) => evaluate(environment)),
        name,
      );
  };
}

/** An operator that is null where one of its values is null or missing. */
export function onPresent(
  least: number,
  most: number,
  work: (values: unknown[], name: string) => unknown,
): Operator {
  return onValues(least, most, (values, name) => (values.some(isNullish) ? null : work(values, name)));
}

/** An operator on named arguments; those not listed are refused, an optional one that is absent is undefined. */
export function onNamed(
  required: readonly string[],
  optional: readonly string[],
  work: (values: Readonly<Record<string, unknown>>, name: string) => unknown,
): Operator {
  return (argument, compile, name) => {
    const fields = namedArguments(argument, required, optional, name);
    const compiled = Object.entries(fields).map(
      ([field, expression]) => [field, compile(expression)] as const,
    );
    return (environment) =>
      work(Object.fromEntries(compiled.map(([field, evaluate]) => [field, evaluate(environment)])), name);
  };
}

/** Checks the names of an operator's arguments and gives them. */
export function namedArguments(
  argument: unknown,
  required: readonly string[],
  optional: readonly string[],
  name: string,
): Document {
  if (!isDocument(argument)) throw new ServerError(9, `${name} only supports an object as its argument`);
  const unknown = Object.keys(argument).find(
    (field) => !required.includes(field) && !optional.includes(field),
  );
  if (unknown) throw new ServerError(9, `${name} found an unknown argument: ${unknown}`);
  const missing = required.find((field) => !(field in argument));
  if (missing) throw new ServerError(9, `Missing '${missing}' parameter to ${name}`);
  return argument;
}

/** Null or missing. */
export function isNullish(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** What counts as true: everything but false, null, missing and zero. */
export function isTruthy(value: unknown): boolean {
  if (isNullish(value) || value === false) return false;
  return !isNumber(value) || toNumber(value) !== 0;
}

/** Compares as MongoDB sorts; a missing value is less than null. */
export function compareOrMissing(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareValues(a, b);
}

/** An array argument, or TypeMismatch. */
export function arrayValue(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new ServerError(
    17124,
    `The argument to ${name} must be an array, but was of type: ${typeName(value)}`,
  );
}

/** A text argument, or TypeMismatch. */
export function textValue(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new ServerError(14, `${name} requires a string, found: ${typeName(value)}`);
}

/** A whole number argument, or TypeMismatch. */
export function wholeValue(value: unknown, name: string): number {
  const number = toNumber(value);
  if (Number.isInteger(number)) return number;
  throw new ServerError(14, `${name} requires a whole number, found: ${typeName(value)}`);
}
