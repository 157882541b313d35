import { Decimal128 } from 'bson';

/*
 * A number sorts by its nearest double and then by what the double leaves over, so that int32, double, int64 and
 * decimal128 compare by value (MongoDB manual, "Comparison/Sort Order": numbers compare by value across types).
 * The rest is exact: int64 beyond 2^53 and decimals that share a double keep their order and stay distinct.
 */

const scratch = new DataView(new ArrayBuffer(8));
const EXACT = Buffer.from([0x80]);
const REST_DIGITS = 45;
const EXPONENT_BIAS = 0x8000;

/** The 8 bytes by which doubles sort; NaN before all, -0 as 0. */
export function doubleKey(value: number, out: Buffer, at: number): void {
  if (Number.isNaN(value)) {
    out.fill(0, at, at + 8);
    return;
  }
  scratch.setFloat64(0, value === 0 ? 0 : value);
  let high = scratch.getUint32(0);
  let low = scratch.getUint32(4);
  if (high & 0x80000000) {
    high = ~high >>> 0;
    low = ~low >>> 0;
  } else {
    high = (high | 0x80000000) >>> 0;
  }
  out.writeUInt32BE(high, at);
  out.writeUInt32BE(low, at + 4);
}

/** A number whose double is exact. */
export const NO_REST = EXACT;

/** The double of an int64 and its rest. */
export function longParts(value: bigint): { double: number; rest: Buffer } {
  const double = Number(value);
  const left = value - BigInt(double);
  return { double, rest: restKey(left, 0) };
}

/** The double of a decimal128 and its rest. */
export function decimalParts(bytes: Buffer, offset: number): { double: number; rest: Buffer } {
  const text = new Decimal128(Uint8Array.prototype.slice.call(bytes, offset, offset + 16)).toString();
  const double = Number(text.replace(/^(-?)Infinity$/, '$1Infinity'));
  const exact = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text);
  if (!exact || !Number.isFinite(double)) return { double, rest: EXACT };
  const [, sign, whole = '', fraction = '', exponent = '0'] = exact;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return { double, rest: difference(digits, Number(exponent) - fraction.length, double) };
}

/** The rest digits * 10^exponent - double, scaled to whole numbers. */
function difference(digits: bigint, exponent: number, double: number): Buffer {
  const [mantissa, twos] = binaryParts(double);
  // double = mantissa * 2^twos; a negative power of two is a decimal fraction: 2^-n = 5^n * 10^-n
  const asDecimal = twos >= 0 ? mantissa * 2n ** BigInt(twos) : mantissa * 5n ** BigInt(-twos);
  const decimalExponent = twos >= 0 ? 0 : twos;
  const low = Math.min(exponent, decimalExponent);
  const left = digits * 10n ** BigInt(exponent - low) - asDecimal * 10n ** BigInt(decimalExponent - low);
  return restKey(left, low);
}

function binaryParts(double: number): [mantissa: bigint, exponent: number] {
  if (double === 0) return [0n, 0];
  scratch.setFloat64(0, double);
  const bits = scratch.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return [double < 0 ? -mantissa : mantissa, (biased === 0 ? 1 : biased) - 1075];
}

/** left * 10^exponent as bytes that sort: sign, decimal exponent, digits. */
function restKey(left: bigint, exponent: number): Buffer {
  if (left === 0n) return EXACT;
  const magnitude = (left < 0n ? -left : left).toString();
  const digits = magnitude.slice(0, REST_DIGITS).replace(/0+$/, '');
  const out = Buffer.alloc(3 + digits.length + 1);
  out[0] = 0x81;
  out.writeUInt16BE(EXPONENT_BIAS + exponent + magnitude.length, 1);
  out.write(digits, 3, 'latin1');
  if (left < 0n) {
    for (let i = 0; i < out.length; i++) out[i] = ~(out[i] as number) & 0xff;
    out[0] = 0x7f;
  }
  return out;
}
