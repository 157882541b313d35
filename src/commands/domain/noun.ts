import type { NounSpec } from '../spec.ts';
import { add } from './add.ts';
import { list } from './list.ts';
import { move } from './move.ts';
import { remove } from './remove.ts';
import { set } from './set.ts';
import { show } from './show.ts';
import { tlsSet } from './tls-set.ts';
import { tlsShow } from './tls-show.ts';
import { verify } from './verify.ts';

export const noun: NounSpec = {
  verbs: [add, list, show, set, verify, move, remove],
  groups: [{ name: 'tls', summary: "a domain's certificate and its dates", verbs: [tlsShow, tlsSet] }],
};
