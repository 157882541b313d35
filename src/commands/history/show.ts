import { renderDiff } from '../../output/diff.ts';
import { showHistory } from '../../queries/history.ts';
import { entriesOf } from '../entries.ts';
import { item } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { shownSetColumns } from './view.ts';

export const show: ReadSpec = {
  name: 'show',
  summary: 'show what one set of changes did',
  effect: 'read',
  args: [{ name: 'version', description: 'version or id of the set' }],
  examples: ['netgoat history show 12', 'netgoat history show 12 --output json'],
  read: async (call, input) => {
    const { row, changes } = await showHistory(call.store, call.access, String(input['version']));
    const entries = await entriesOf(call, changes);
    return item({ ...row, changes: entries }, shownSetColumns, (view) => `\n${renderDiff(entries, view)}`);
  },
};
