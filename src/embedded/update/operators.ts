import { Int32, Long, Timestamp } from 'bson';
import { compareValues } from '../bson/key.ts';
import { bsonClass, isDocument, isNumber, typeName } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import { addToSet, pop, pull, pullAll, push } from './array-operators.ts';
import { REMOVE, type Prepare } from './change.ts';
import { ADD, combine, MULTIPLY, toWhole } from './numbers.ts';
import type { Walk } from './target.ts';

interface UpdateOperator {
  readonly prepare: Prepare;
  /** Whether it makes what is missing, minds a path that leads nowhere, or does nothing there. */
  readonly walk: Walk;
}

const set: Prepare = (argument) => () => argument;

const inc: Prepare = (argument, path) => {
  if (!isNumber(argument))
    throw new ServerError(14, `Cannot increment with non-numeric argument: {${path}: ${String(argument)}}`);
  return (current) => (current === undefined ? argument : combine(ADD, current, argument, path));
};

const mul: Prepare = (argument, path) => {
  if (!isNumber(argument))
    throw new ServerError(14, `Cannot multiply with non-numeric argument: {${path}: ${String(argument)}}`);
  return (current = new Int32(0)) => combine(MULTIPLY, current, argument, path);
};

const min: Prepare = (argument) => (current) =>
  current === undefined || compareValues(argument, current) < 0 ? argument : undefined;

const max: Prepare = (argument) => (current) =>
  current === undefined || compareValues(argument, current) > 0 ? argument : undefined;

const currentDate: Prepare = (argument, path) => {
  const type = isDocument(argument) ? argument['$type'] : argument;
  if (type === true || type === 'date') return () => new Date();
  if (type === false) return () => new Date();
  if (type === 'timestamp') return () => new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 });
  throw new ServerError(2, `The '$type' string field of '${path}' is required to be 'date' or 'timestamp'`);
};

const BIT_OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

const isWhole = (value: unknown): boolean => ['Int32', 'Long'].includes(bsonClass(value) ?? '');

const bit: Prepare = (argument, path) => {
  if (!isDocument(argument) || Object.keys(argument).length === 0) {
    throw new ServerError(2, `The $bit modifier expects {and|or|xor: <integer>} for '${path}'`);
  }
  const steps = Object.entries(argument).map(([name, operand]) => {
    const operation = BIT_OPERATIONS[name];
    if (!operation)
      throw new ServerError(2, `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
    if (!isWhole(operand)) throw new ServerError(2, 'The $bit modifier field must be an Integer(32/64 bit)');
    return { operation, operand };
  });
  return (current = new Int32(0)) => {
    if (!isWhole(current))
      throw new ServerError(2, `Cannot apply $bit to a value of non-integral type ${typeName(current)}`);
    const long = bsonClass(current) === 'Long' || steps.some(({ operand }) => bsonClass(operand) === 'Long');
    const result = steps.reduce(
      (value, { operation, operand }) => operation(value, toWhole(operand)),
      toWhole(current),
    );
    return long ? Long.fromBigInt(BigInt.asIntN(64, result)) : new Int32(Number(result));
  };
};

/** The operators of an update document. `$rename` moves a value and is done by the engine itself. */
export const UPDATE_OPERATORS: Readonly<Record<string, UpdateOperator>> = {
  $set: { prepare: set, walk: 'create' },
  $setOnInsert: { prepare: set, walk: 'create' },
  $unset: { prepare: () => () => REMOVE, walk: 'look' },
  $inc: { prepare: inc, walk: 'create' },
  $mul: { prepare: mul, walk: 'create' },
  $min: { prepare: min, walk: 'create' },
  $max: { prepare: max, walk: 'create' },
  $currentDate: { prepare: currentDate, walk: 'create' },
  $bit: { prepare: bit, walk: 'create' },
  $push: { prepare: push, walk: 'create' },
  $addToSet: { prepare: addToSet, walk: 'create' },
  $pop: { prepare: pop, walk: 'check' },
  $pull: { prepare: pull, walk: 'check' },
  $pullAll: { prepare: pullAll, walk: 'check' },
};
