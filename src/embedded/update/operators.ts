import { Int32, Long, Timestamp } from 'bson';
import { compareValues } from '../bson/key.ts';
import { bsonClass, isDocument, isNumber, typeName } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import { addToSet, pop, pull, pullAll, push } from './array-operators.ts';
import { REMOVE, type Prepare } from './change.ts';
import { ADD, combine, MULTIPLY, toWhole } from './numbers.ts';

interface UpdateOperator {
  readonly prepare: Prepare;
  /** Whether the operator makes the field, and the documents on the way to it, where they are missing. */
  readonly creates: boolean;
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
  return (current) => combine(MULTIPLY, current ?? new Int32(0), argument, path);
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
  $set: { prepare: set, creates: true },
  $setOnInsert: { prepare: set, creates: true },
  $unset: { prepare: () => () => REMOVE, creates: false },
  $inc: { prepare: inc, creates: true },
  $mul: { prepare: mul, creates: true },
  $min: { prepare: min, creates: true },
  $max: { prepare: max, creates: true },
  $currentDate: { prepare: currentDate, creates: true },
  $bit: { prepare: bit, creates: true },
  $push: { prepare: push, creates: true },
  $addToSet: { prepare: addToSet, creates: true },
  $pop: { prepare: pop, creates: false },
  $pull: { prepare: pull, creates: false },
  $pullAll: { prepare: pullAll, creates: false },
};
