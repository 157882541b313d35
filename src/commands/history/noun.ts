import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    list: async () => (await import('./list.ts')).list,
    show: async () => (await import('./show.ts')).show,
    resume: async () => (await import('./resume.ts')).resume,
  },
};
