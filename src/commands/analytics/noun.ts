import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    show: async () => (await import('./show.ts')).show,
  },
};
