import type { ReadingRule } from './reading-rules.ts';

/** A name, TTL, type or value that cannot be stored: the rule it breaks, what is wrong, the way out. */
export class DnsError extends Error {
  readonly rule: string;
  readonly hint?: string;
  /** The word it is about, where one is. */
  at?: { readonly text: string; readonly line: number; readonly column: number } | undefined;

  constructor(rule: ReadingRule, message: string, hint?: string) {
    super(message);
    this.name = 'DnsError';
    this.rule = rule;
    if (hint !== undefined) this.hint = hint;
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
