import { HOUR_MS, MINUTE_MS } from '../traffic.ts';

/** A clock that is wrong by less is believed. */
const AHEAD_MS = HOUR_MS;

const [NO_TIME, UNREADABLE, AHEAD] = [
  'it has no time',
  'its time cannot be read',
  'its time lies in the future',
] as const;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NCSA =
  /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60) ([+-])(\d\d)([0-5]\d)$/;
/** `24/Nov/2026:18:04:05 +0000`. */
export const NCSA_LENGTH = 26;
/** Up to the minute, and where the zone begins. */
const TO_MINUTE = 17;
const ZONE = 20;

/**
 * Reads the times of log lines as minutes since 1970, NaN for what is no time or lies in the future. Lines that follow
 * each other mostly have the same minute: it is worked out once.
 */
export class Clock {
  /** Why the last one that was none is none. */
  why: typeof NO_TIME | typeof UNREADABLE | typeof AHEAD = NO_TIME;
  readonly #now: () => Date;
  #toMinute = '\n';
  #zone = '\n';
  #minute = Number.NaN;
  #text = '';
  #ofText = Number.NaN;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** The time of NCSA logs that begins here. */
  ncsa(line: string, at: number): number {
    const known = line.startsWith(this.#toMinute, at) && line.startsWith(this.#zone, at + ZONE);
    if (known && isSecond(line, at + TO_MINUTE)) return this.#minute;
    const text = line.slice(at, at + NCSA_LENGTH);
    const minute = this.#believed(ncsaMs(text));
    if (Number.isNaN(minute)) return minute;
    this.#toMinute = text.slice(0, TO_MINUTE);
    this.#zone = text.slice(ZONE);
    return (this.#minute = minute);
  }

  /** The time of JSON logs: RFC 3339, as in NCSA logs, or since 1970 in seconds, ms, µs or ns. */
  any(value: unknown): number {
    if (typeof value === 'number') return this.#believed(sinceEpoch(value));
    if (typeof value !== 'string') {
      this.why = value === undefined ? NO_TIME : UNREADABLE;
      return Number.NaN;
    }
    if (value !== this.#text || Number.isNaN(this.#ofText)) {
      this.#text = value;
      this.#ofText = this.#believed(textMs(value));
    }
    return this.#ofText;
  }

  #believed(ms: number): number {
    if (ms >= 0 && ms <= this.#now().getTime() + AHEAD_MS) return Math.floor(ms / MINUTE_MS);
    this.why = ms >= 0 ? AHEAD : UNREADABLE;
    return Number.NaN;
  }
}

/** `:05`, or the `:60` of a leap second. */
function isSecond(line: string, at: number): boolean {
  const [tens, ones] = [line.charCodeAt(at + 1) - 48, line.charCodeAt(at + 2) - 48];
  return line.charCodeAt(at) === 58 && tens >= 0 && ones >= 0 && ones <= 9 && tens * 10 + ones <= 60;
}

function ncsaMs(text: string): number {
  const [, day, name, year, hour, minute, , sign, zoneHour, zoneMinute] = NCSA.exec(text) ?? [];
  const month = MONTHS.indexOf(name ?? '');
  if (month < 0) return Number.NaN;
  const midnight = Date.UTC(Number(year), month, Number(day));
  if (new Date(midnight).getUTCDate() !== Number(day)) return Number.NaN;
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1);
  return midnight + (Number(hour) * 60 + Number(minute) - zone) * MINUTE_MS;
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)$/;

function textMs(text: string): number {
  if (RFC_3339.test(text)) return Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (/^\d{1,19}(?:\.\d+)?$/.test(text)) return sinceEpoch(Number(text));
  return ncsaMs(text);
}

/** Seconds have 11 digits until the year 5138; what is larger counts smaller units. */
function sinceEpoch(value: number): number {
  let ms = value * 1000;
  for (let units = 0; ms > 1e14 && units < 3; units += 1) ms /= 1000;
  return ms;
}
