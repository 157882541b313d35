import { Int32, type ObjectId, type Timestamp } from 'bson';
import { bsonClass, isDocument, isOperators, typeName } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { isNullish, onNamed, onPresent, textValue, wholeValue, type Operator } from './operator.ts';

function dateValue(value: unknown, name: string): Date {
  if (value instanceof Date) return value;
  if (bsonClass(value) === 'ObjectId') return (value as ObjectId).getTimestamp();
  if (bsonClass(value) === 'Timestamp') return new Date((value as Timestamp).getHighBitsUnsigned() * 1000);
  throw new ServerError(16006, `can't convert from BSON type ${typeName(value)} to Date (${name})`);
}

/** A part of a date, of `{$year: date}` or `{$year: {date, timezone}}`. */
const part = (work: (date: Date) => number): Operator => {
  const plain = onPresent(1, 1, ([date], name) => new Int32(work(dateValue(date, name))));
  const named = onNamed(['date'], ['timezone'], ({ date, timezone }, name) => {
    checkZone(timezone);
    return isNullish(date) ? null : new Int32(work(dateValue(date, name)));
  });
  return (argument, compile, name) =>
    (isDocument(argument) && !isOperators(argument) ? named : plain)(argument, compile, name);
};

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / UNIT_MS.day) + 1;
}

const UNIT_MS = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
} as const;
const UNIT_MONTHS = { month: 1, quarter: 3, year: 12 } as const;
/** MongoDB counts steps of `$dateTrunc` from 2000-01-01. */
const REFERENCE = Date.UTC(2000, 0, 1);
const A_SUNDAY = Date.UTC(2000, 0, 2);

/** Times are in UTC: a time zone other than UTC is refused. */
function checkZone(timezone: unknown): void {
  if (!isNullish(timezone) && !['UTC', 'GMT', 'Z', '+00:00', '+0000', '+00'].includes(String(timezone))) {
    throw notSupported('a time zone other than UTC');
  }
}

const dateTrunc = onNamed(
  ['date', 'unit'],
  ['binSize', 'timezone', 'startOfWeek'],
  ({ date, unit, binSize = new Int32(1), timezone, startOfWeek }, name) => {
    checkZone(timezone);
    if (unit === 'week' && (startOfWeek ?? 'sunday') !== 'sunday')
      throw notSupported('a start of the week other than sunday');
    if (isNullish(date) || isNullish(unit)) return null;
    const time = dateValue(date, name).getTime();
    const size = wholeValue(binSize, name);
    if (size < 1) throw new ServerError(5439017, '$dateTrunc requires binSize to be a positive number');
    const key = textValue(unit, name);
    if (key in UNIT_MONTHS) {
      const step = UNIT_MONTHS[key as keyof typeof UNIT_MONTHS] * size;
      const months = (new Date(time).getUTCFullYear() - 2000) * 12 + new Date(time).getUTCMonth();
      return new Date(Date.UTC(2000, Math.floor(months / step) * step, 1));
    }
    if (!(key in UNIT_MS)) throw new ServerError(9, `unknown time unit value: ${key}`);
    const step = UNIT_MS[key as keyof typeof UNIT_MS] * size;
    if (key === 'week' && size > 1) throw notSupported('$dateTrunc to several weeks');
    const from = key === 'week' ? A_SUNDAY : REFERENCE;
    return new Date(from + Math.floor((time - from) / step) * step);
  },
);

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const FORMATS: Readonly<Record<string, (date: Date) => string>> = {
  '%Y': (date) => pad(date.getUTCFullYear(), 4),
  '%m': (date) => pad(date.getUTCMonth() + 1, 2),
  '%d': (date) => pad(date.getUTCDate(), 2),
  '%H': (date) => pad(date.getUTCHours(), 2),
  '%M': (date) => pad(date.getUTCMinutes(), 2),
  '%S': (date) => pad(date.getUTCSeconds(), 2),
  '%L': (date) => pad(date.getUTCMilliseconds(), 3),
  '%j': (date) => pad(dayOfYear(date), 3),
  '%u': (date) => String(date.getUTCDay() || 7),
  '%w': (date) => String(date.getUTCDay() + 1),
  '%z': () => '+0000',
  '%Z': () => '0',
  '%%': () => '%',
};

const LEFT_OUT_FORMATS = new Set(['%b', '%B', '%G', '%U', '%V']);

const dateToString = onNamed(
  ['date'],
  ['format', 'timezone', 'onNull'],
  ({ date, format, timezone, onNull }, name) => {
    checkZone(timezone);
    if (isNullish(date)) return onNull ?? null;
    const at = dateValue(date, name);
    if (isNullish(format)) return at.toISOString();
    return textValue(format, name).replace(/%./g, (specifier) => {
      if (LEFT_OUT_FORMATS.has(specifier)) throw notSupported(`${specifier} in ${name}`);
      const show = FORMATS[specifier];
      if (!show) throw new ServerError(18536, `Invalid format character '${specifier}' in format string`);
      return show(at);
    });
  },
);

/** Operators on dates, in UTC. */
export const DATE_OPERATORS: Readonly<Record<string, Operator>> = {
  $year: part((date) => date.getUTCFullYear()),
  $month: part((date) => date.getUTCMonth() + 1),
  $dayOfMonth: part((date) => date.getUTCDate()),
  $dayOfYear: part(dayOfYear),
  $dayOfWeek: part((date) => date.getUTCDay() + 1),
  $hour: part((date) => date.getUTCHours()),
  $minute: part((date) => date.getUTCMinutes()),
  $second: part((date) => date.getUTCSeconds()),
  $millisecond: part((date) => date.getUTCMilliseconds()),
  $dateTrunc: dateTrunc,
  $dateToString: dateToString,
};
