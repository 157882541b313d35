import type { NounSpec } from '../spec.ts';
import { show } from './show.ts';

export const noun: NounSpec = { verbs: [show] };
