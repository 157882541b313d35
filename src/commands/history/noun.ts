import type { NounSpec } from '../spec.ts';
import { list } from './list.ts';
import { show } from './show.ts';

export const noun: NounSpec = { verbs: [list, show] };
