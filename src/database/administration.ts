import { NetgoatError } from '../errors.ts';
import type { CheckedBackup } from './administration/backup.ts';
import type { Check } from './administration/check.ts';
import type { PreparedRestore } from './administration/restore.ts';
import type { Status } from './administration/status.ts';
import type { Upgrade } from './administration/upgrade.ts';
import { describeTarget, openDatabase, requireStore } from './open.ts';
import type { OpenDatabase, Target } from './open.ts';
import { checkOwner } from './schema-stamp.ts';

export type { Backup } from './administration/backup.ts';
export type { Check, CheckedCollection } from './administration/check.ts';
export type { Finding } from './administration/finding.ts';
export type { PreparedRestore, Restore } from './administration/restore.ts';
export type { CollectionCount, Status } from './administration/status.ts';
export type { Upgrade } from './administration/upgrade.ts';

/**
 * What is done to a database as a whole. None of it makes a database; each opens it for itself, and rejects with
 * NetgoatError not-found where there is no store, unreachable or conflict as `openStore` does.
 */
export interface Administration {
  /** Shown to people: no password in it. */
  readonly label: string;
  status(): Promise<Status>;
  check(): Promise<Check>;
  upgrade(options: { dryRun: boolean }): Promise<Upgrade>;
  /** @throws NetgoatError usage: it is a MongoDB, which has its own tools. */
  backUp(path: string, options: { force: boolean }): Promise<CheckedBackup>;
  /**
   * Looks at the first page of a file that is to be restored; the database is not opened.
   * @throws NetgoatError usage: it is no backup, or the database is a MongoDB, which has its own tools.
   */
  requireBackup(path: string): Promise<void>;
  /** @throws NetgoatError usage: it is a MongoDB, which has its own tools. */
  prepareRestore(path: string): Promise<PreparedRestore>;
}

const RESTORED = ['restored', 'mongorestore --uri=URI --archive=FILE'] as const;

/** The administration of a database; each part of it is loaded when it is used. */
export function administrationOf(target: Target): Administration {
  const label = describeTarget(target);
  return {
    label,
    status: async () => {
      await requireStore(target);
      const { statusOf } = await import('./administration/status.ts');
      // whatever it is: what belongs to something else can be looked at
      return withDatabase(await openDatabase(target, async () => false), (open) => statusOf(target, open));
    },
    check: async () => {
      await requireStore(target);
      const { checkDatabase } = await import('./administration/check.ts');
      return checkDatabase(target, label);
    },
    upgrade: async ({ dryRun }) => {
      await requireStore(target);
      const { upgrade } = await import('./administration/upgrade.ts');
      const open = await openDatabase(target, async (connection) => (await checkOwner(connection)) !== null);
      return withDatabase(open, ({ store }) => upgrade(store, dryRun));
    },
    backUp: async (path, options) => {
      const embedded = onlyEmbedded(target, 'backed up', 'mongodump --uri=URI --archive=FILE');
      await requireStore(embedded);
      const { backUp } = await import('./administration/backup.ts');
      return backUp(embedded, path, options);
    },
    requireBackup: async (path) => {
      onlyEmbedded(target, ...RESTORED);
      const { requireBackup } = await import('./administration/restore.ts');
      await requireBackup(path);
    },
    prepareRestore: async (path) => {
      const embedded = onlyEmbedded(target, ...RESTORED);
      const { prepareRestore } = await import('./administration/restore.ts');
      return prepareRestore(embedded, path);
    },
  };
}

async function withDatabase<T>(open: OpenDatabase, work: (open: OpenDatabase) => Promise<T>): Promise<T> {
  try {
    return await work(open);
  } finally {
    await open.store.close();
  }
}

function onlyEmbedded(target: Target, done: string, tool: string): Target & { kind: 'embedded' } {
  if (target.kind === 'embedded') return target;
  throw new NetgoatError('usage', `${describeTarget(target)} is ${done} by MongoDB's own tools`, {
    hint: `for example: ${tool}`,
  });
}
