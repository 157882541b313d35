import { Decimal128, Double, Int32, Long } from 'bson';
import { bsonClass, isNumber, toNumber, typeName } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';

const RANK: Readonly<Record<string, number>> = { Int32: 0, Long: 1, Double: 2, Decimal128: 3 };
const INT32_MAX = 2n ** 31n - 1n;
const INT32_MIN = -(2n ** 31n);
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

interface Arithmetic {
  readonly name: string;
  readonly whole: (a: bigint, b: bigint) => bigint;
  readonly double: (a: number, b: number) => number;
  readonly decimal: (a: Scaled, b: Scaled) => Scaled;
}

/** digits * 10^exponent */
interface Scaled {
  readonly digits: bigint;
  readonly exponent: number;
}

/** $inc */
export const ADD: Arithmetic = {
  name: 'increment',
  whole: (a, b) => a + b,
  double: (a, b) => a + b,
  decimal: (a, b) => {
    const exponent = Math.min(a.exponent, b.exponent);
    const align = (n: Scaled): bigint => n.digits * 10n ** BigInt(n.exponent - exponent);
    return { digits: align(a) + align(b), exponent };
  },
};

/** $mul */
export const MULTIPLY: Arithmetic = {
  name: 'multiply',
  whole: (a, b) => a * b,
  double: (a, b) => a * b,
  decimal: (a, b) => ({ digits: a.digits * b.digits, exponent: a.exponent + b.exponent }),
};

function rank(value: unknown): number {
  return RANK[bsonClass(value) ?? 'Double'] ?? 2;
}

/**
 * Adds or multiplies in the wider of the two types; int32 that overflows becomes int64 (manual, "$inc").
 * Throws TypeMismatch if a value is not a number, BadValue if int64 overflows.
 */
export function combine(operation: Arithmetic, current: unknown, argument: unknown, path: string): unknown {
  if (!isNumber(current)) {
    throw new ServerError(
      14,
      `Cannot apply ${operation === ADD ? '$inc' : '$mul'} to a value of non-numeric type. The field '${path}' has type ${typeName(current)}`,
    );
  }
  const wider = Math.max(rank(current), rank(argument));
  if (wider === 3) return fromScaled(operation.decimal(toScaled(current), toScaled(argument)));
  if (wider === 2) return new Double(operation.double(toNumber(current), toNumber(argument)));
  const result = operation.whole(toWhole(current), toWhole(argument));
  if (wider === 0 && result >= INT32_MIN && result <= INT32_MAX) return new Int32(Number(result));
  if (result < INT64_MIN || result > INT64_MAX) {
    throw new ServerError(
      2,
      `Failed to apply ${operation.name} to '${path}': the result overflows a 64-bit integer`,
    );
  }
  return Long.fromBigInt(result);
}

/** A whole BSON number as a bigint. */
export function toWhole(value: unknown): bigint {
  return bsonClass(value) === 'Long' ? (value as Long).toBigInt() : BigInt(Math.trunc(toNumber(value)));
}

function toScaled(value: unknown): Scaled {
  const double = bsonClass(value) === 'Double' || typeof value === 'number';
  const text = double ? Number(toNumber(value).toPrecision(15)).toString() : String(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!parts) throw new ServerError(2, `cannot calculate with the decimal ${text}`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  return { digits: BigInt(`${sign}${whole}${fraction}`), exponent: Number(exponent) - fraction.length };
}

function fromScaled({ digits, exponent }: Scaled): Decimal128 {
  return Decimal128.fromStringWithRounding(`${digits}E${exponent}`);
}
