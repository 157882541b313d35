import type { Column } from '../../output/columns.ts';
import type { DiffEntry } from '../../output/diff.ts';
import type { HistoryRow } from '../../queries/history.ts';

/** The fields of a set of Changes; those without a header are for machines. */
export const historyColumns: Column<HistoryRow>[] = [
  { key: 'version', header: 'version', value: (set) => set.version, align: 'right' },
  { key: 'at', header: 'at', value: (set) => set.at },
  { key: 'actor', header: 'actor', value: (set) => set.actor },
  { key: 'command', header: 'command', value: (set) => set.command },
  { key: 'message', header: 'message', value: (set) => set.message },
  { key: 'state', header: 'state', value: (set) => set.state },
  { key: 'count', header: 'changes', value: (set) => set.count, align: 'right' },
  { key: 'teams', header: 'teams', value: (set) => set.teams },
  { key: 'id', header: '', value: (set) => String(set._id) },
];

/** A set with its Changes, which a table shows below it as a diff. */
export type ShownSet = HistoryRow & { changes: DiffEntry[] };

export const shownSetColumns: Column<ShownSet>[] = [
  ...historyColumns,
  { key: 'changes', header: '', value: (set) => set.changes },
];
