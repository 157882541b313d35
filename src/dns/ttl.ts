import { DnsError, quoted } from './error.ts';

const UNITS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const LONGEST = 2 ** 31 - 1;

/** Seconds of a TTL: `300`, `5m`, `1h30m` (any case). Throws `ttl-invalid` (RFC 2181 8: 0 to 2^31-1). */
export function parseTtl(text: string | number): number {
  const seconds = typeof text === 'number' ? text : ttlSeconds(text);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST) {
    throw new DnsError(
      'ttl-invalid',
      `${quoted(String(text))} is not a TTL`,
      `Give whole seconds from 0 to ${LONGEST}, or units w d h m s such as 5m or 1h30m.`,
    );
  }
  return seconds;
}

/** Seconds of a number or of units, whatever their size; NaN for anything else. */
export function ttlSeconds(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  if (!/^(?:[0-9]{1,10}[wdhms])+$/i.test(text)) return Number.NaN;
  return [...text.toLowerCase().matchAll(/([0-9]+)([wdhms])/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * UNITS[unit as keyof typeof UNITS],
    0,
  );
}

/** A TTL in the fewest units that say it exactly: 5400 is `1h30m`, 0 is `0`. */
export function formatTtl(seconds: number): string {
  let rest = seconds;
  let text = '';
  for (const [unit, size] of Object.entries(UNITS)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0' : text;
}
