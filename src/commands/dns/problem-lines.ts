import { inLineOrder } from '../../dns/line-order.ts';
import type { Place, Problem } from '../../dns/master-file/file-record.ts';
import type { Finding } from '../../dns/rules.ts';
import { inert } from '../../output/sanitize.ts';

/** What is wrong in a zone: of a line that could not be read, or of what the rules find. */
export type ZoneProblem = Problem | Finding;

/** So many problems are told; there may be thousands. */
const MOST_SHOWN = 50;

/**
 * The problems that are told where there may be thousands, 50 at most, in the order of their lines.
 * @param isMinor of what comes only after all the others; advice, if nothing is said.
 */
export function firstProblems(
  problems: readonly ZoneProblem[],
  isMinor: (problem: ZoneProblem) => boolean = isAdvice,
): ZoneProblem[] {
  if (problems.length <= MOST_SHOWN) return inLineOrder(problems);
  const inOrder = inLineOrder(problems);
  const ranked = [...inOrder.filter((problem) => !isMinor(problem)), ...inOrder.filter(isMinor)];
  return inLineOrder(ranked.slice(0, MOST_SHOWN));
}

/**
 * Problems for people in the order of their lines, each as compilers say them, `FILE:LINE:COLUMN: error: MESSAGE [rule]`, and below it the text
 * in question, the other lines of the matter and the way out; advice is a warning. Shows 50 of them and counts the
 * rest. Ends in a newline where there are any.
 * @param unlisted how many more there are that nobody kept.
 */
export function problemLines(problems: readonly ZoneProblem[], unlisted = 0): string {
  const shown = firstProblems(problems);
  const more = problems.length - shown.length + unlisted;
  return [...shown.flatMap(linesOf), ...(more > 0 ? [`and ${more} more`] : [])]
    .map((line) => `${inert(line)}\n`)
    .join('');
}

function linesOf(problem: ZoneProblem): string[] {
  const { place, message, rule, hint } = problem;
  const at = place === undefined ? '' : `${whereOf(place)}: `;
  const word = isAdvice(problem) ? 'warning' : 'error';
  return [
    `${at}${word}: ${message} [${rule}]`,
    ...('text' in problem && problem.text !== '' && !message.includes(problem.text)
      ? [`  in: ${problem.text}`]
      : []),
    ...relatedOf(problem).map((other) => `  see also ${whereOf(other)}`),
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ];
}

/** `FILE:LINE:COLUMN`. */
export function whereOf({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** What cannot be read is an error like any other. */
export function levelOf(problem: ZoneProblem): Finding['level'] {
  return 'level' in problem ? problem.level : 'error';
}

/** Whether it is a warning, unless that is enough to refuse it. */
export function isAdvice(problem: ZoneProblem): boolean {
  return levelOf(problem) === 'advice';
}

/** The other lines that have to do with it. */
export function relatedOf(problem: ZoneProblem): readonly Place[] {
  return 'related' in problem ? (problem.related ?? []) : [];
}
