import type { ReadingRule } from './reading-rules.ts';

/** A piece of text and where it begins: the line of its file and the column, from 1. */
interface Word {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** A name, TTL, type or value that cannot be stored: the rule it breaks, what is wrong, the way out. */
export class DnsError extends Error {
  readonly rule: string;
  readonly hint?: string;
  /** The word it is about, where that is known. */
  word: Word | undefined;

  constructor(rule: ReadingRule, message: string, hint?: string) {
    super(message);
    this.name = 'DnsError';
    this.rule = rule;
    if (hint !== undefined) this.hint = hint;
  }

  /** Says which word it is about, unless that was said already by who knows better. */
  about(word: Word | undefined): this {
    this.word ??= word;
    return this;
  }
}

/** Does what reads a word; an error of it is about that word. */
export function about<T>(word: Word | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DnsError ? error.about(word) : error;
  }
}

const SHOWN = 80;

/** Text as a message quotes it: clipped, on one line, nothing in it that a terminal obeys. */
export function quoted(text: string): string {
  return `"${shown(text)}"`;
}

/** The same without the quotes. */
export function shown(text: string): string {
  const clipped = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return clipped.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (ch) => `\\u{${(ch.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
