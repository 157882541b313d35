import type { CommandSpec, GroupSpec, NounSpec } from '../spec.ts';

/** The lists of a proxy configuration; each has the same verbs. */
const lists = {
  upstream: 'the servers that a domain is fetched from',
  waf: 'rules that block, allow or log requests',
  'rate-limit': 'how many requests a path takes',
  'edge-function': 'code that edges run on requests and responses',
};

type ListName = keyof typeof lists;

export const noun: NounSpec = {
  verbs: {
    show: async () => (await import('./show.ts')).show,
    set: async () => (await import('./set.ts')).set,
    check: async () => (await import('./check.ts')).check,
  },
  groups: Object.fromEntries((Object.keys(lists) as ListName[]).map((name) => [name, listGroup(name)])),
};

function listGroup(name: ListName): GroupSpec {
  const verb = (called: 'add' | 'list' | 'set' | 'remove') => async (): Promise<CommandSpec> =>
    (await import('./item-verbs.ts')).itemVerb(name, called);
  return {
    summary: lists[name],
    verbs: { add: verb('add'), list: verb('list'), set: verb('set'), remove: verb('remove') },
  };
}
