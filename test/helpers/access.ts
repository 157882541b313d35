import type { Access } from '../../src/queries/access.ts';

/** Somebody who has the database itself: reaches every team. */
export const operator: Access = {
  actor: 'tester',
  teams: null,
  scopes: new Set(['read', 'write', 'edge']),
  viaToken: false,
};
