import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    ingest: async () => (await import('./ingest.ts')).ingest,
    show: async () => (await import('./show.ts')).show,
    rollup: async () => (await import('./rollup.ts')).rollup,
    prune: async () => (await import('./prune.ts')).prune,
  },
};
