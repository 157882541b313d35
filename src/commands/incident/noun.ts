import type { NounSpec } from '../spec.ts';
import { ack } from './ack.ts';
import { list } from './list.ts';
import { note } from './note.ts';
import { open } from './open.ts';
import { resolve } from './resolve.ts';
import { show } from './show.ts';

export const noun: NounSpec = { verbs: [list, show, open, ack, resolve, note] };
