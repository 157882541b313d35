import type { Trial } from '../../observe/notify/trial.ts';
import type { Column } from '../../output/columns.ts';

/** What `alert test` came to, a webhook each; those without a header are for machines. */
export const trialColumns: Column<Trial>[] = [
  { key: 'target', header: 'target', value: ({ target }) => target },
  { key: 'status', header: 'status', value: ({ status }) => status, align: 'right' },
  { key: 'ms', header: 'ms', value: ({ ms }) => ms, align: 'right' },
  {
    key: 'signed',
    header: 'signed',
    value: ({ signed }) => signed,
    text: ({ signed }) => (signed ? 'yes' : 'no'),
  },
  {
    key: 'result',
    header: 'result',
    value: ({ result }) => result,
    text: ({ result, error }) => (error === null ? result : `${result}: ${error}`),
    prose: true,
  },
  { key: 'error', header: '', value: ({ error }) => error },
];
