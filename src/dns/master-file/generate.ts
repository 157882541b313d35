import { DnsError, quoted } from '../error.ts';
import type { Token } from '../tokens.ts';

/** So many records may one directive make. */
const MOST = 65_536;
/** So many characters may the records of all directives that are read together have. */
const MOST_TEXT = 64 * 1024 * 1024;
const LARGEST = 2 ** 31 - 1;

/** The numbers that a directive counts through. */
interface Range {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

/**
 * Reads `START-STOP[/STEP]` of a `$GENERATE`, as BIND takes it; looked at before anything is made.
 * @throws DnsError `generate-invalid`.
 */
export function readRange(token: Token): Range {
  const match = /^([0-9]{1,10})-([0-9]{1,10})(?:\/([0-9]{1,10}))?$/.exec(token.text);
  const [start, stop, step] = [1, 2, 3].map((at) => Number(match?.[at] ?? 1)) as [number, number, number];
  if (match === null || token.quoted || start > stop || step === 0 || Math.max(stop, step) > LARGEST) {
    throw invalid(`${quoted(token.text)} is no range`, 'Such as 1-254, or 0-100/2.').about(token);
  }
  const count = Math.floor((stop - start) / step) + 1;
  if (count > MOST) throw invalid(`The range makes ${count} records; ${MOST} is the most`).about(token);
  return { start, stop, step };
}

/** The numbers of a range, in order. */
export function* numbersOf({ start, stop, step }: Range): Generator<number> {
  for (let at = start; at <= stop; at += step) yield at;
}

/** A part of a template: text as it stands, or a place for the number. */
type Part = string | { offset: number; width: number; radix: string };

/**
 * Reads the `$` of a template: `$` is the number, `$$` and `\$` a dollar, `${OFFSET[,WIDTH[,RADIX]]}` the number in
 * another form: d decimal, o octal, x or X hex, n or N nibbles, the last first, and dots between them.
 * @throws DnsError `generate-invalid`.
 */
export function readTemplate(text: string): Part[] {
  const parts: Part[] = [];
  const pattern = /\\.|\$\$|\$\{([^}]*)\}|\$\{?/gs;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const [found, modifier] = match;
    parts.push(text.slice(from, match.index));
    from = match.index + found.length;
    if (found === '$$' || found === '\\$') parts.push('$');
    else if (found.startsWith('\\')) parts.push(found);
    else if (found === '$') parts.push({ offset: 0, width: 0, radix: 'd' });
    else parts.push(readModifier(modifier, found));
  }
  parts.push(text.slice(from));
  return parts;
}

function readModifier(text: string | undefined, found: string): Part {
  const match = /^(-?[0-9]{1,10})(?:,([0-9]{1,3})(?:,([doxXnN]))?)?$/.exec(text ?? '');
  const [offset, width] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (match === null || Math.abs(offset) > LARGEST || width > 255) {
    throw invalid(`${quoted(found)} is no form of the number`, 'It is ${OFFSET[,WIDTH[,d|o|x|X|n|N]]}.');
  }
  return { offset, width, radix: match[3] ?? 'd' };
}

/** A template with a number in its places. @throws DnsError `generate-invalid`: the number leaves its range. */
export function fill(parts: readonly Part[], number: number): string {
  return parts.map((part) => (typeof part === 'string' ? part : inForm(part, number))).join('');
}

function inForm({ offset, width, radix }: Exclude<Part, string>, number: number): string {
  const value = number + offset;
  if (value > LARGEST || value < -LARGEST) throw invalid(`${number} with offset ${offset} is out of range`);
  switch (radix) {
    case 'd':
      return value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0');
    case 'o':
      return (value >>> 0).toString(8).padStart(width, '0');
    case 'x':
      return (value >>> 0).toString(16).padStart(width, '0');
    case 'X':
      return (value >>> 0).toString(16).toUpperCase().padStart(width, '0');
    default: {
      const digits = Math.max(1, Math.ceil(width / 2));
      const nibbles = [...(value >>> 0).toString(16).padStart(digits, '0')].toReversed();
      // Dots count: a width that the number does not exceed and that ends behind one, ends in one.
      const text = nibbles.join('.') + (width === 2 * nibbles.length ? '.' : '');
      return radix === 'N' ? text.toUpperCase() : text;
    }
  }
}

/** Counts the text that directives make. */
export class GeneratedText {
  #length = 0;

  /** @throws DnsError `generate-invalid`: it is more than there may be. */
  add(text: string): string {
    this.#length += text.length;
    if (this.#length > MOST_TEXT) {
      throw invalid(
        `$GENERATE makes more than ${MOST_TEXT / 1024 / 1024} MiB of records`,
        'Is the range right?',
      );
    }
    return text;
  }
}

/** The value of a directive as one text, to be filled and read again; one text in quotes holds a whole value. */
export function valueText(tokens: readonly Token[]): string {
  const [first, ...others] = tokens;
  if (first?.quoted && others.length === 0) return first.text.replaceAll('\\"', '"');
  return tokens.map(({ text, quoted: inQuotes }) => (inQuotes ? `"${text}"` : text)).join(' ');
}

function invalid(message: string, hint?: string): DnsError {
  return new DnsError('generate-invalid', message, hint);
}
