import { toUnicode } from '../dns/names.ts';

/** Whether a pattern is more than a name: it has a `*` or `?` without a backslash. */
export function isGlob(pattern: string): boolean {
  return /(?<!\\)[*?]/.test(pattern);
}

/**
 * A test for the stored names of a zone: `*` stands for any characters, `?` for one, `\*` for the star of a wildcard.
 * The pattern may be relative or in full; international names fit as people read them and as they are stored.
 */
export function nameGlob(pattern: string, origin: string): (name: string) => boolean {
  const glob = new RegExp(`^${sourceOf(withoutZone(pattern.toLowerCase(), origin))}$`, 'u');
  return (name) => glob.test(name) || glob.test(toUnicode(name));
}

function withoutZone(pattern: string, origin: string): string {
  const name = pattern.replace(/\.$/, '');
  const zone = [origin, toUnicode(origin)].find((each) => name.endsWith(`.${each}`));
  return zone === undefined ? pattern : name.slice(0, -zone.length - 1);
}

function sourceOf(pattern: string): string {
  return pattern.replace(/\\[*?]|\*+|[^]/gu, (part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    return part.length === 2 && part.startsWith('\\') ? part : part.replace(/[.+^${}()|[\]\\/]/g, '\\$&');
  });
}
