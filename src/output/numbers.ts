const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** A whole number for people: `1,234,567`. */
export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Bytes for people: `12 B`, `1.5 KiB`. */
export function byteText(bytes: number): string {
  return scaled(bytes, 1024, BINARY, ' ');
}

/** A number in few characters, for an axis: `950`, `1.2k`, `35M`. */
export function shortNumber(value: number): string {
  return scaled(value, 1000, DECIMAL, '');
}

/** A share of a whole, `12.5 %`; nothing where the whole is nothing. What is not all is never shown as all of it. */
export function percentText(part: number, whole: number): string {
  if (whole === 0) return '';
  const share = (part / whole) * 100;
  if (part > 0 && share < 0.1) return '<0.1 %';
  return `${(share < 100 ? Math.min(share, 99.9) : share).toFixed(1)} %`;
}

/** Factors of a power of ten that are easily halved, and not far from each other. */
const NICE = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10];

/** The end of a scale on which the value has its place: a number that is easily halved, and not below it. */
export function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (NICE.find((factor) => factor * power >= value) ?? 10) * power;
}

function scaled(value: number, base: number, units: readonly string[], gap: string): string {
  let [rest, unit] = [value, 0];
  // What would be rounded up to a thousand is one of the next unit.
  while (unit < units.length - 1 && rounded(rest) >= base) {
    rest /= base;
    unit += 1;
  }
  return `${rounded(rest)}${gap}${units[unit]}`;
}

function rounded(value: number): number {
  return value < 100 ? Math.round(value * 10) / 10 : Math.round(value);
}
