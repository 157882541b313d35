import { Double, Int32, Long } from 'bson';
import { compareValues } from '../bson/key.ts';
import { bsonClass, isNumber, toNumber, typeName } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { ADD, combine, MULTIPLY } from '../update/numbers.ts';
import { isNullish, onPresent, onValues, type Operator } from './operator.ts';

/** A JavaScript number as the BSON number it stands for. */
function numberValue(value: number): Int32 | Long | Double {
  if (!Number.isInteger(value) || Object.is(value, -0)) return new Double(value);
  if (Math.abs(value) < 2 ** 31) return new Int32(value);
  return Number.isSafeInteger(value) ? Long.fromNumber(value) : new Double(value);
}

function checkNumber(value: unknown, name: string): void {
  if (!isNumber(value))
    throw new ServerError(14, `${name} only supports numeric types, not ${typeName(value)}`);
}

const isWhole = (value: unknown): boolean => ['Int32', 'Long'].includes(bsonClass(value) ?? '');

/** A double of the value; arithmetic on decimals beyond adding and multiplying is not done. */
function doubleOf(value: unknown, name: string): number {
  checkNumber(value, name);
  if (bsonClass(value) === 'Decimal128') throw notSupported(`${name} of decimal128`);
  if (bsonClass(value) === 'Long' && !Number.isSafeInteger(toNumber(value)))
    throw notSupported(`${name} of int64 beyond 2^53`);
  return toNumber(value);
}

/** The sum of numbers; values of other kinds do not count. */
export function sumOf(values: readonly unknown[]): unknown {
  return values.filter(isNumber).reduce((sum, value) => combine(ADD, sum, value, '$sum'), new Int32(0));
}

/** The mean of numbers as a double, null if there are none. */
export function averageOf(values: readonly unknown[]): unknown {
  const numbers = values.filter(isNumber);
  if (numbers.length === 0) return null;
  return new Double(doubleOf(sumOf(numbers), '$avg') / numbers.length);
}

/** The least or greatest value; null and missing do not count. */
export function extremeOf(values: readonly unknown[], sign: 1 | -1): unknown {
  let best: unknown = null;
  for (const value of values) {
    if (!isNullish(value) && (best === null || compareValues(value, best) * sign > 0)) best = value;
  }
  return best;
}

const add = onPresent(0, Infinity, (values, name) => {
  const dates = values.filter((value) => value instanceof Date);
  const sum = values
    .filter((value) => !(value instanceof Date))
    .reduce((total: unknown, value) => {
      checkNumber(value, name);
      return combine(ADD, total, value, name);
    }, new Int32(0));
  if (dates.length === 0) return sum;
  if (dates.length > 1) throw new ServerError(16612, 'only one date allowed in an $add expression');
  return new Date((dates[0] as Date).getTime() + Math.round(toNumber(sum)));
});

const multiply = onPresent(0, Infinity, (values, name) =>
  values.reduce((product: unknown, value) => {
    checkNumber(value, name);
    return combine(MULTIPLY, product, value, name);
  }, new Int32(1)),
);

const subtract = onPresent(2, 2, ([a, b], name) => {
  if (a instanceof Date && b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
  if (a instanceof Date) return new Date(a.getTime() - Math.round(doubleOf(b, name)));
  checkNumber(a, name);
  checkNumber(b, name);
  return combine(ADD, a, combine(MULTIPLY, b, new Int32(-1), name), name);
});

const divide = onPresent(2, 2, ([a, b], name) => {
  const [dividend, divisor] = [doubleOf(a, name), doubleOf(b, name)];
  if (divisor === 0) throw new ServerError(2, "can't $divide by zero");
  return new Double(dividend / divisor);
});

const mod = onPresent(2, 2, ([a, b], name) => {
  const [dividend, divisor] = [doubleOf(a, name), doubleOf(b, name)];
  if (divisor === 0) throw new ServerError(16610, "can't $mod by zero");
  const rest = dividend % divisor;
  return isWhole(a) && isWhole(b) ? numberValue(rest === 0 ? 0 : rest) : new Double(rest);
});

/** An operator that takes a number to a number; a whole number that stays whole keeps its type. */
const rounding = (work: (value: number) => number): Operator =>
  onPresent(1, 1, ([value], name) => {
    const result = work(doubleOf(value, name));
    return isWhole(value) ? numberValue(result) : new Double(result);
  });

const sqrt = onPresent(1, 1, ([value], name) => {
  const number = doubleOf(value, name);
  if (number < 0) throw new ServerError(28714, "$sqrt's argument must be greater than or equal to 0");
  return new Double(Math.sqrt(number));
});

/** `$round` and `$trunc` to a decimal place; a half goes to the even neighbour. */
const toPlace = (work: (value: number) => number): Operator =>
  onPresent(1, 2, ([value, place = new Int32(0)], name) => {
    const number = doubleOf(value, name);
    const digits = doubleOf(place, name);
    if (!Number.isInteger(digits) || digits < -20 || digits > 100)
      throw new ServerError(51083, `cannot apply ${name} with precision value ${digits}`);
    if (isWhole(value) && digits >= 0) return value;
    // the exponent is moved in the text, so that 1.005 is not changed by a multiplication
    const shifted = work(Number(`${number}e${digits}`));
    const result = Number(`${shifted}e${-digits}`);
    return isWhole(value) ? numberValue(result) : new Double(Number.isNaN(result) ? work(number) : result);
  });

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** `$sum` and its like outside a `$group`: over the elements of one array, or over several values. */
const overValues = (work: (values: readonly unknown[]) => unknown): Operator =>
  onValues(0, Infinity, (values) =>
    work(values.length === 1 && Array.isArray(values[0]) ? values[0] : values),
  );

/** Arithmetic. */
export const NUMBER_OPERATORS: Readonly<Record<string, Operator>> = {
  $add: add,
  $subtract: subtract,
  $multiply: multiply,
  $divide: divide,
  $mod: mod,
  $abs: rounding(Math.abs),
  $ceil: rounding(Math.ceil),
  $floor: rounding(Math.floor),
  $round: toPlace(roundHalfEven),
  $trunc: toPlace(Math.trunc),
  $sqrt: sqrt,
  $sum: overValues(sumOf),
  $avg: overValues(averageOf),
  $min: overValues((values) => extremeOf(values, -1)),
  $max: overValues((values) => extremeOf(values, 1)),
};
