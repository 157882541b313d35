import { BSONRegExp } from 'bson';
import { ServerError } from '../server-error.ts';
import { fromPcre } from './pcre.ts';

/**
 * A JavaScript RegExp for a pattern written for PCRE. Options `i`, `m`, `s`, `u`, `x` (white space and comments are
 * ignored) are known; any other is an error, 51108 as MongoDB's, and a pattern that is none is 51091.
 */
export function toRegExp(source: unknown, options?: unknown): RegExp {
  let { pattern, flags } = parts(source);
  if (typeof options === 'string') flags = options;
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  if (inline) {
    pattern = pattern.slice(inline[0].length);
    flags += inline[1];
  }
  const unknown = [...flags].find((flag) => !'imsxu'.includes(flag));
  if (unknown) throw new ServerError(51108, `invalid flag in regex options: ${unknown}`);
  if (flags.includes('x')) pattern = withoutSpace(pattern);
  const translated = fromPcre(pattern, { multiline: flags.includes('m'), dotAll: flags.includes('s') });
  try {
    return new RegExp(translated, flags.includes('i') ? 'iu' : 'u');
  } catch (error) {
    throw new ServerError(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}

/** The options that a regular expression has in itself. */
export function flagsOf(source: unknown): string {
  return parts(source).flags;
}

function parts(source: unknown): { pattern: string; flags: string } {
  if (source instanceof BSONRegExp) return { pattern: source.pattern, flags: source.options };
  if (source instanceof RegExp) return { pattern: source.source, flags: source.flags };
  if (typeof source === 'string') return { pattern: source, flags: '' };
  throw new ServerError(2, '$regex has to be a string');
}

function withoutSpace(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]])*\]|\s+|#[^\n]*/g, (piece) =>
    /^[\s#]/.test(piece) ? '' : piece,
  );
}

/** The literal text with which every match of the pattern begins, for a range on an index; undefined if none. */
export function literalPrefix(source: unknown, options?: unknown): string | undefined {
  const { pattern, flags } = parts(source);
  const allFlags = typeof options === 'string' ? options : flags;
  if (/[imxu]/.test(allFlags) || pattern.includes('|')) return undefined;
  const found = /^\^((?:[A-Za-z0-9 _\-@/:,]|\\[.\-/])+)/.exec(pattern);
  if (!found) return undefined;
  let text = (found[1] as string).replaceAll('\\', '');
  // a quantifier after it takes the last character back
  if (/^[*?{]/.test(pattern.slice(found[0].length))) text = text.slice(0, -1);
  return text === '' ? undefined : text;
}
