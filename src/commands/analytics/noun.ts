import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {},
};
