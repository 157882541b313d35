import { inert } from '../../output/sanitize.ts';
import { levelOf, relatedOf, whereOf } from './problem-lines.ts';
import type { ZoneProblem } from './problem-lines.ts';

/**
 * Problems as annotations of a GitHub workflow, a line each: `::error file=F,line=L,col=C,title=RULE::MESSAGE`.
 * @param inFile whether their places are those of a file of the repository; else the message says where.
 * @param allowed strict rules that are lifted: what breaks them is a notice.
 * @param strict whether advice makes the step fail: it is an error then, and else a warning.
 */
export function annotations(
  problems: readonly ZoneProblem[],
  { inFile, allowed, strict }: { inFile: boolean; allowed: readonly string[]; strict: boolean },
): string {
  const wordOf = (problem: ZoneProblem): string => {
    if (allowed.includes(problem.rule)) return 'notice';
    return levelOf(problem) === 'advice' && !strict ? 'warning' : 'error';
  };
  return problems
    .map((problem) => {
      const { place, rule, hint } = problem;
      const properties = [
        ...(place === undefined || !inFile
          ? []
          : [
              ['file', place.file],
              ['line', String(place.line)],
              ['col', String(place.column)],
            ]),
        ['title', rule],
      ].map(([key, value]) => `${key}=${property(inert(value!))}`);
      const message = [
        `${place === undefined || inFile ? '' : `${whereOf(place)}: `}${problem.message}`,
        ...relatedOf(problem).map((other) => `see also ${whereOf(other)}`),
        ...(hint === undefined ? [] : [hint]),
      ];
      return `::${wordOf(problem)} ${properties.join(',')}::${data(message.map(inert).join('\n'))}\n`;
    })
    .join('');
}

/** The escapes of actions/toolkit, packages/core/src/command.ts: what a runner reads back. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
