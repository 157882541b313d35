import type { NodeState, NodeStatus } from '../../edge/node-status.ts';
import type { Column } from '../../output/columns.ts';
import { nodeColumns } from './node-view.ts';

/** What a node is said to have done that does not run what is configured. */
export const stateWords: Record<Exclude<NodeState, 'current'>, string> = {
  behind: 'behind',
  refused: 'refused a version',
  never: 'never confirmed one',
  ahead: 'ahead of this database',
  away: 'not connected',
};

/** How a node stands; what `sync node list` shows beside is for machines. */
export const statusColumns: Column<NodeStatus>[] = [
  { key: 'name', header: 'node', value: ({ name }) => name },
  { key: 'state', header: 'state', value: ({ state }) => state },
  { key: 'version', header: 'version', value: ({ version }) => version, align: 'right' },
  { key: 'latest', header: '', value: ({ latest }) => latest },
  { key: 'behind', header: 'behind', value: ({ behind }) => behind, align: 'right' },
  { key: 'since', header: 'since', value: ({ since }) => since },
  { key: 'lastSeen', header: 'seen', value: ({ lastSeen }) => lastSeen },
  {
    key: 'lastRefusal',
    header: 'refused',
    value: ({ lastRefusal }) => lastRefusal,
    text: ({ lastRefusal }) =>
      lastRefusal === null ? '' : `version ${lastRefusal.version}: ${lastRefusal.reason}`,
    prose: true,
  },
  ...nodeColumns
    .filter(({ key }) => ['teams', 'url', 'checksum', 'ackedAt', 'id'].includes(key))
    .map((column) => ({ ...column, header: '' })),
];
