import { listNodes } from '../../queries/edge-nodes.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { NO_NODES, nodeColumns } from './node-view.ts';

export const nodeList: ReadSpec = {
  name: 'list',
  summary: 'list the edge nodes that were met, and what each confirmed last',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  examples: ['netgoat sync node list', 'netgoat sync node list --team acme --json name,url,version'],
  read: async ({ store, access }) => listOutcome(await listNodes(store, access), nodeColumns, NO_NODES),
};
