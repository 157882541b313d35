import type { Check, Finding } from '../../database/administration.ts';
import type { View } from '../../output/columns.ts';
import { renderList } from '../../output/formats.ts';
import { inert } from '../../output/sanitize.ts';
import { item } from '../outcome.ts';
import type { DatabaseSpec } from '../spec.ts';
import { checkColumns, sizeColumns } from './view.ts';

export const check: DatabaseSpec = {
  name: 'check',
  summary: 'look for damage, while others may write; exit code 7 where there is any',
  effect: 'database',
  examples: ['netgoat db check', 'netgoat db check --output json'],
  run: async (context) => {
    const found = await (await context.administration()).check();
    return item(found, checkColumns, (view) => below(found, view), verdict(found));
  },
};

async function below({ collections, findings }: Check, view: View): Promise<string> {
  const sizes =
    collections.length === 0 ? '' : `\n${await renderList('table', collections, sizeColumns(view), view)}`;
  return sizes + findings.map((finding) => `\n${findingText(finding)}`).join('');
}

/** No table: all that is to be done has to be readable, however narrow the terminal. */
function findingText({ level, where, what, next }: Finding): string {
  return `${inert(`${level}: ${where}: ${what}`)}\n  ${inert(next)}\n`;
}

function verdict({ database, findings }: Check): { finding?: string; next?: string } {
  if (findings.length === 0) return {};
  const errors = findings.filter(({ level }) => level === 'error').length;
  const counts = [counted(errors, 'error'), counted(findings.length - errors, 'warning')].filter(
    (text) => text !== '',
  );
  const advice = [...new Set(findings.map(({ next }) => next))];
  const next = advice.length === 1 ? advice[0]! : 'what to do is said of each';
  return { finding: `${database} has ${counts.join(' and ')}`, next };
}

function counted(number: number, word: string): string {
  return number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
}
