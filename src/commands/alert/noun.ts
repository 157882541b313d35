import type { NounSpec } from '../spec.ts';
import { add } from './add.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import { set } from './set.ts';
import { show } from './show.ts';

export const noun: NounSpec = { verbs: [add, list, show, set, remove] };
