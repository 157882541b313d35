import type { Document } from 'bson';
import { isDocument } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { ARRAY_OPERATORS } from './array-expressions.ts';
import { DATE_OPERATORS } from './date-expressions.ts';
import { LOGIC_OPERATORS } from './logic-expressions.ts';
import { NUMBER_OPERATORS } from './number-expressions.ts';
import type { Environment, Evaluate, Operator } from './operator.ts';
import { TEXT_OPERATORS } from './text-expressions.ts';
import { TYPE_OPERATORS } from './type-expressions.ts';

const OPERATORS: Readonly<Record<string, Operator>> = {
  ...LOGIC_OPERATORS,
  ...NUMBER_OPERATORS,
  ...ARRAY_OPERATORS,
  ...TEXT_OPERATORS,
  ...DATE_OPERATORS,
  ...TYPE_OPERATORS,
};

/** The names of the operators that an expression may use. */
export const EXPRESSION_OPERATOR_NAMES: readonly string[] = Object.keys(OPERATORS);

const SYSTEM_VARIABLES = new Set(['ROOT', 'CURRENT', 'REMOVE', 'NOW']);

/**
 * Compiles an aggregation expression (manual, "Aggregation Expressions"). Throws InvalidPipelineOperator for an
 * operator that is not known here, and names it.
 */
export function compileExpression(expression: unknown): Evaluate {
  if (typeof expression === 'string' && expression.startsWith('$')) return compilePath(expression);
  if (Array.isArray(expression)) {
    const list = expression.map(compileExpression);
    // a missing element of an array is null
    return (environment) => list.map((evaluate) => evaluate(environment) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const names = Object.keys(expression);
  const [name] = names;
  if (name?.startsWith('$')) {
    if (names.length > 1) {
      throw new ServerError(15983, 'An object representing an expression must have exactly one field');
    }
    return compileOperator(name, expression[name]);
  }
  return compileObject(expression);
}

function compileOperator(name: string, argument: unknown): Evaluate {
  if (name === '$literal') return () => argument;
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (['$function', '$accumulator'].includes(name)) throw notSupported(name);
  if (!operator) {
    throw new ServerError(
      168,
      `Unrecognized expression '${name}' (not one of those netgoat's embedded store knows)`,
    );
  }
  return operator(argument, compileExpression, name);
}

function compileObject(expression: Document): Evaluate {
  const fields = Object.entries(expression).map(([name, inner]) => [name, compileExpression(inner)] as const);
  return (environment) => {
    const result: Document = {};
    for (const [name, evaluate] of fields) {
      const value = evaluate(environment);
      if (value !== undefined) result[name] = value;
    }
    return result;
  };
}

function compilePath(path: string): Evaluate {
  if (!path.startsWith('$$')) {
    const parts = path.slice(1).split('.');
    if (parts.includes('')) throw new ServerError(16872, `'${path}' is not a valid field path`);
    return ({ root }) => valueAtPath(root, parts, 0);
  }
  const [name = '', ...parts] = path.slice(2).split('.');
  if (name === 'ROOT' || name === 'CURRENT') return ({ root }) => valueAtPath(root, parts, 0);
  if (name === 'REMOVE') return () => undefined;
  if (name === 'NOW') return ({ variables }) => variables['NOW'] ?? new Date();
  if (/^[A-Z]/.test(name) && !SYSTEM_VARIABLES.has(name)) throw notSupported(`the variable $$${name}`);
  return ({ variables }) => {
    if (!Object.hasOwn(variables, name)) throw new ServerError(17276, `Use of undefined variable: ${name}`);
    return valueAtPath(variables[name], parts, 0);
  };
}

/** The value of a path in an expression: an array gives the array of what its documents have there. */
function valueAtPath(value: unknown, parts: readonly string[], at: number): unknown {
  if (at === parts.length) return value;
  if (Array.isArray(value)) {
    return value
      .filter(isDocument)
      .map((element) => valueAtPath(element, parts, at))
      .filter((found) => found !== undefined);
  }
  const part = parts[at] as string;
  if (!isDocument(value) || !Object.hasOwn(value, part)) return undefined;
  return valueAtPath(value[part], parts, at + 1);
}

/** What to evaluate an expression with. */
export function environmentOf(root: Document, variables: Document = {}): Environment {
  return { root, variables };
}
