import type { Column } from '../../output/columns.ts';
import type { NodeRow } from '../../queries/edge-nodes.ts';

/** As much of a checksum as tells two apart. */
const SHOWN_DIGITS = 12;

/** What is said where there is none. */
export const NO_NODES = 'No edge nodes: `netgoat sync push URL` and `netgoat sync serve` meet them.';

/** The fields of an edge node; those without a header are for machines. */
export const nodeColumns: Column<NodeRow>[] = [
  { key: 'name', header: 'node', value: ({ name }) => name },
  {
    key: 'teams',
    header: 'teams',
    value: ({ slugs }) => slugs,
    text: ({ slugs }) => (slugs.length === 0 ? 'all' : slugs.join(', ')),
  },
  { key: 'url', header: 'url', value: ({ url }) => url },
  { key: 'version', header: 'version', value: ({ version }) => version, align: 'right' },
  {
    key: 'checksum',
    header: 'checksum',
    value: ({ checksum }) => checksum,
    text: ({ checksum }) => checksum?.slice(0, SHOWN_DIGITS) ?? '',
  },
  { key: 'ackedAt', header: 'acked', value: ({ ackedAt }) => ackedAt },
  { key: 'lastSeen', header: 'seen', value: ({ lastSeen }) => lastSeen },
  { key: 'lastRefusal', header: '', value: ({ lastRefusal }) => lastRefusal },
  { key: 'id', header: '', value: ({ _id }) => String(_id) },
];
