import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    add: async () => (await import('./add.ts')).add,
    list: async () => (await import('./list.ts')).list,
    show: async () => (await import('./show.ts')).show,
    set: async () => (await import('./set.ts')).set,
    remove: async () => (await import('./remove.ts')).remove,
  },
  groups: {
    token: {
      summary: 'access tokens of a user',
      verbs: {
        create: async () => (await import('./token-create.ts')).tokenCreate,
        list: async () => (await import('./token-list.ts')).tokenList,
        revoke: async () => (await import('./token-revoke.ts')).tokenRevoke,
      },
    },
  },
};
