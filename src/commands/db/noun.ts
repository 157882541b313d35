import type { NounSpec } from '../spec.ts';

export const noun: NounSpec = {
  verbs: {
    status: async () => (await import('./status.ts')).status,
    check: async () => (await import('./check.ts')).check,
    upgrade: async () => (await import('./upgrade.ts')).upgrade,
    backup: async () => (await import('./backup.ts')).backup,
    restore: async () => (await import('./restore.ts')).restore,
  },
};
