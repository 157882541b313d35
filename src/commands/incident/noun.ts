import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    list: async () => (await import('./list.ts')).list,
    show: async () => (await import('./show.ts')).show,
    open: async () => (await import('./open.ts')).open,
    ack: async () => (await import('./ack.ts')).ack,
    resolve: async () => (await import('./resolve.ts')).resolve,
    note: async () => (await import('./note.ts')).note,
  },
};
