import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    'edge-node': async () => (await import('./edge-node.ts')).edgeNode,
    push: async () => (await import('./push.ts')).push,
    schema: async () => (await import('./schema.ts')).schema,
    serve: async () => (await import('./serve.ts')).serve,
    show: async () => (await import('./show.ts')).show,
    status: async () => (await import('./status.ts')).status,
    verify: async () => (await import('./verify.ts')).verify,
  },
  groups: {
    node: {
      summary: 'the edge nodes that were met',
      verbs: {
        list: async () => (await import('./node-list.ts')).nodeList,
        remove: async () => (await import('./node-remove.ts')).nodeRemove,
      },
    },
  },
};
