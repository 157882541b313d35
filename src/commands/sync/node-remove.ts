import { retireNode } from '../../edge/node-records.ts';
import { findNode } from '../../queries/edge-nodes.ts';
import { item } from '../outcome.ts';
import type { RetireSpec } from '../spec.ts';
import { nodeColumns } from './node-view.ts';

export const nodeRemove: RetireSpec = {
  name: 'remove',
  summary: 'forget an edge node and its reports; it is met anew if it comes again',
  effect: 'retire',
  aliases: ['rm'],
  args: [{ name: 'node', description: 'name or id of the node' }],
  examples: ['netgoat sync node remove edge-1 --dry-run', 'netgoat sync node remove edge-1 --yes'],
  retire: async ({ store, access }, input) => {
    const node = await findNode(store, access, String(input['node']));
    return {
      name: node.name,
      shown: item(node, nodeColumns),
      act: () => retireNode(store, node._id),
    };
  },
};
