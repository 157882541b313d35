/*
 * C0, DEL and C1 controls, line and paragraph separators, and the bidirectional overrides and isolates: what can
 * move a terminal's cursor, forge a line, or make text read in another order than it is stored.
 */
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text that a terminal shows and never obeys: unsafe characters and lone surrogates as visible escapes
 * (`\x1b`, `\u202e`, `\n`). Every stored text passes here on its way to a table, a diff or a message.
 */
export function inert(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT[char] ?? visible(char));
}

/** The same characters as `\uXXXX`, the escape that JSON and YAML's double quotes read back; newlines stay. */
export function escapeForJson(serialized: string): string {
  return serialized.replace(UNSAFE, (char) => (char === '\n' ? char : `\\u${hex(char, 4)}`));
}

/** Whether `inert` would change the text. */
export function isUnsafe(text: string): boolean {
  return text.search(UNSAFE) !== -1;
}

function visible(char: string): string {
  return char.charCodeAt(0) <= 0xff ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`;
}

function hex(char: string, digits: number): string {
  return char.charCodeAt(0).toString(16).padStart(digits, '0');
}
