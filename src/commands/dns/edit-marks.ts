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

/**
 * The text of a master file with what is wrong in comments above the lines at fault.
 * @param unlisted how many more there are, which is said above all.
 */
export function withMarks(text: string, marks: readonly Mark[], unlisted = 0): string {
  const above = new Map<number, string[]>();
  const put = (line: number, words: string): void => {
    const lines = above.get(line);
    if (lines === undefined) above.set(line, [SIGN + inert(words)]);
    else lines.push(SIGN + inert(words));
  };
  if (unlisted > 0) put(1, `${unlisted} more than are marked here`);
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
