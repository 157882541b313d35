import type { Document } from 'bson';
import { isDocument } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import {
  compareOrMissing,
  isNullish,
  isTruthy,
  namedArguments,
  onValues,
  type Evaluate,
  type Operator,
} from './operator.ts';

const comparison = (test: (order: number) => boolean): Operator =>
  onValues(2, 2, ([a, b]) => test(compareOrMissing(a, b)));

const listed = (argument: unknown): unknown[] => (Array.isArray(argument) ? argument : [argument]);

const cond: Operator = (argument, compile, name) => {
  const [evaluateTest, evaluateThen, evaluateElse] = condArguments(argument, name).map(compile) as [
    Evaluate,
    Evaluate,
    Evaluate,
  ];
  return (environment) =>
    isTruthy(evaluateTest(environment)) ? evaluateThen(environment) : evaluateElse(environment);
};

function condArguments(argument: unknown, name: string): unknown[] {
  if (!Array.isArray(argument)) {
    const named = namedArguments(argument, ['if', 'then', 'else'], [], name);
    return [named['if'], named['then'], named['else']];
  }
  if (argument.length !== 3) {
    throw new ServerError(
      16020,
      `Expression $cond takes exactly 3 arguments. ${argument.length} were passed in.`,
    );
  }
  return argument;
}

const switchOperator: Operator = (argument, compile, name) => {
  const { branches, default: fallback } = namedArguments(argument, ['branches'], ['default'], name);
  if (!Array.isArray(branches) || branches.length === 0)
    throw new ServerError(40061, '$switch expected an array for branches');
  const compiled = branches.map((branch) => {
    const { case: test, then } = namedArguments(branch, ['case', 'then'], [], name);
    return { test: compile(test), result: compile(then) };
  });
  const evaluateDefault = isDocument(argument) && 'default' in argument ? compile(fallback) : undefined;
  return (environment) => {
    const branch = compiled.find(({ test }) => isTruthy(test(environment)));
    if (branch) return branch.result(environment);
    if (evaluateDefault) return evaluateDefault(environment);
    throw new ServerError(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  };
};

const letOperator: Operator = (argument, compile, name) => {
  const { vars, in: inner } = namedArguments(argument, ['vars', 'in'], [], name);
  const compiled = Object.entries(vars as Document).map(
    ([variable, value]) => [variable, compile(value)] as const,
  );
  const evaluate = compile(inner);
  return (environment) => {
    const own = Object.fromEntries(compiled.map(([variable, value]) => [variable, value(environment)]));
    return evaluate({ ...environment, variables: { ...environment.variables, ...own } });
  };
};

/** Comparison, boolean and conditional operators, and `$let`. */
export const LOGIC_OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $cmp: onValues(2, 2, ([a, b]) => Math.sign(compareOrMissing(a, b))),
  $and: (argument, compile) => {
    const list = listed(argument).map(compile);
    return (environment) => list.every((evaluate) => isTruthy(evaluate(environment)));
  },
  $or: (argument, compile) => {
    const list = listed(argument).map(compile);
    return (environment) => list.some((evaluate) => isTruthy(evaluate(environment)));
  },
  $not: onValues(1, 1, ([value]) => !isTruthy(value)),
  $cond: cond,
  $switch: switchOperator,
  $ifNull: (argument, compile) => {
    const list = listed(argument).map(compile);
    if (list.length < 2) throw new ServerError(1257300, '$ifNull needs at least two arguments');
    return (environment) => {
      let value: unknown;
      for (const evaluate of list) {
        value = evaluate(environment);
        if (!isNullish(value)) break;
      }
      return value;
    };
  },
  $let: letOperator,
};
