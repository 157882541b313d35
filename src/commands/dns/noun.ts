import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    add: async () => (await import('./add.ts')).add,
    list: async () => (await import('./list.ts')).list,
    show: async () => (await import('./show.ts')).show,
    set: async () => (await import('./set.ts')).set,
    remove: async () => (await import('./remove.ts')).remove,
    import: async () => (await import('./import.ts')).importZone,
    export: async () => (await import('./export.ts')).exportZone,
    edit: async () => (await import('./edit.ts')).edit,
    check: async () => (await import('./check.ts')).check,
    rules: async () => (await import('./rules.ts')).rules,
  },
};
