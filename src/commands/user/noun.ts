import type { NounSpec } from '../spec.ts';
import { add } from './add.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import { set } from './set.ts';
import { show } from './show.ts';
import { tokenCreate } from './token-create.ts';
import { tokenList } from './token-list.ts';
import { tokenRevoke } from './token-revoke.ts';

export const noun: NounSpec = {
  verbs: [add, list, show, set, remove],
  groups: [
    { name: 'token', summary: 'access tokens of a user', verbs: [tokenCreate, tokenList, tokenRevoke] },
  ],
};
