import type { NounSpec } from '../spec.ts';
import { check } from './check.ts';
import { itemVerbs } from './item-verbs.ts';
import { itemCommands } from './items.ts';
import { set } from './set.ts';
import { show } from './show.ts';

export const noun: NounSpec = {
  verbs: [show, set, check],
  groups: Object.entries(itemCommands).map(([name, items]) => ({
    name,
    summary: items.summary,
    verbs: itemVerbs(name, items),
  })),
};
