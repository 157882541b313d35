/*
 * Control characters, line and paragraph separators, bidirectional overrides and isolates, lone surrogates: what a
 * terminal never shows as it is (output/sanitize.ts, which knows nothing of this folder; a test compares the two).
 */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;

/** Whether a text holds characters that forge a line, move a cursor, or turn the direction of reading. */
export function isUnsafe(text: string): boolean {
  return text.search(UNSAFE) !== -1;
}

/** The text as one line that reads as it is stored: each such character is a blank. */
export function asLine(text: string): string {
  return text.replace(UNSAFE, ' ').trim();
}

/** The text of a JSON string with such characters as `\uXXXX`, which JSON reads back. */
export function escapeUnsafe(json: string): string {
  return json.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
