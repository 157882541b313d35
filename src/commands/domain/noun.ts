import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    add: async () => (await import('./add.ts')).add,
    list: async () => (await import('./list.ts')).list,
    show: async () => (await import('./show.ts')).show,
    set: async () => (await import('./set.ts')).set,
    verify: async () => (await import('./verify.ts')).verify,
    move: async () => (await import('./move.ts')).move,
    remove: async () => (await import('./remove.ts')).remove,
  },
  groups: {
    tls: {
      summary: "a domain's certificate and its dates",
      verbs: {
        show: async () => (await import('./tls-show.ts')).tlsShow,
        set: async () => (await import('./tls-set.ts')).tlsSet,
        check: async () => (await import('./tls-check.ts')).tlsCheck,
      },
    },
  },
};
