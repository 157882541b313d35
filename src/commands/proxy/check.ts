import { checkProxy } from '../../queries/proxy-check.ts';
import { findings } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { domainArgument } from './arguments.ts';
import { findingColumns } from './view.ts';

export const check: ReadSpec = {
  name: 'check',
  summary: 'look for mistakes in how a domain is served; exit code 7 where there are any',
  effect: 'read',
  list: true,
  args: [domainArgument],
  examples: ['netgoat proxy check shop.example.com'],
  read: async ({ store, access }, input) => {
    const name = String(input['domain']);
    const found = await checkProxy(store, access, name);
    const counts = (['error', 'warning'] as const)
      .map((level) => counted(found.filter((each) => each.level === level).length, level))
      .filter((text) => text !== '');
    const summary = `the proxy configuration of ${name} has ${counts.join(' and ')}`;
    return findings(found, findingColumns, summary, 'Nothing found.');
  },
};

function counted(number: number, word: string): string {
  return number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`;
}
