import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    add: async () => (await import('./add.ts')).add,
    list: async () => (await import('./list.ts')).list,
    show: async () => (await import('./show.ts')).show,
    set: async () => (await import('./set.ts')).set,
    check: async () => (await import('./check.ts')).check,
    test: async () => (await import('./test.ts')).test,
    remove: async () => (await import('./remove.ts')).remove,
  },
};
