import { inert } from '../../output/sanitize.ts';

/** What is wrong with a text; without a line, with all of it. */
export interface Mark {
  line?: number;
  message: string;
  rule?: string;
  hint?: string;
  /** Other lines that have to do with it. */
  related?: readonly number[];
}

const SIGN = '; error: ';

/** The text of a master file with what is wrong in comments above the lines at fault. */
export function withMarks(text: string, marks: readonly Mark[]): string {
  const above = new Map<number, string[]>();
  const put = (line: number, words: string) =>
    above.set(line, [...(above.get(line) ?? []), SIGN + inert(words)]);
  for (const { line = 1, message, rule, hint, related = [] } of marks) {
    const named = rule === undefined ? '' : ` [${rule}]`;
    put(line, message + named);
    if (hint !== undefined) put(line, `  ${hint}`);
    for (const other of related) if (other !== line) put(other, `this line, too${named}`);
  }
  return text
    .split('\n')
    .flatMap((line, at) => [...(above.get(at + 1) ?? []), line])
    .join('\n');
}

/** The text without such comments. */
export function withoutMarks(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith(SIGN))
    .join('\n');
}
