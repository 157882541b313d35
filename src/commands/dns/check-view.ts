import type { Column } from '../../output/columns.ts';
import { levelOf, relatedOf, whereOf } from './problem-lines.ts';
import type { ZoneProblem } from './problem-lines.ts';

/** The fields of what a check found; those without a header are for machines. */
export function problemColumns(allowed: readonly string[]): Column<ZoneProblem>[] {
  const isAllowed = ({ rule }: ZoneProblem) => allowed.includes(rule);
  return [
    {
      key: 'level',
      header: 'level',
      value: levelOf,
      text: (problem) => (isAllowed(problem) ? 'allowed' : levelOf(problem)),
    },
    { key: 'where', header: 'where', value: placeOf },
    { key: 'rule', header: 'rule', value: ({ rule }) => rule },
    {
      key: 'message',
      header: 'message',
      value: ({ message }) => message,
      text: inWords,
      prose: true,
    },
    { key: 'hint', header: '', value: ({ hint }) => hint },
    { key: 'text', header: '', value: (problem) => ('text' in problem ? problem.text : undefined) },
    { key: 'file', header: '', value: ({ place }) => place?.file },
    { key: 'line', header: '', value: ({ place }) => place?.line },
    { key: 'column', header: '', value: ({ place }) => place?.column },
    { key: 'related', header: '', value: (problem) => [...relatedOf(problem)] },
    { key: 'name', header: '', value: (problem) => ('name' in problem ? problem.name : undefined) },
    { key: 'type', header: '', value: (problem) => ('type' in problem ? problem.type : undefined) },
    { key: 'allowed', header: '', value: isAllowed },
  ];
}

/** The line of a file; of a stored zone the name, and the type where it is about one. */
function placeOf(problem: ZoneProblem): string {
  if (problem.place !== undefined) return whereOf(problem.place);
  return 'name' in problem ? [problem.name, problem.type].filter(Boolean).join(' ') : '';
}

function inWords(problem: ZoneProblem): string {
  const { message, hint } = problem;
  const others = relatedOf(problem).map(whereOf);
  const also = others.length === 0 ? '' : ` (see also ${others.join(', ')})`;
  return `${message}${also}${hint === undefined ? '' : `: ${hint}`}`;
}
