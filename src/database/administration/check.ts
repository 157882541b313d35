import type { PageCheck } from '../../embedded/maintenance/pages.ts';
import { openDatabase } from '../open.ts';
import type { OpenDatabase, Target } from '../open.ts';
import { checkOwner, readStamp } from '../schema-stamp.ts';
import type { Store, VersionDocument } from '../store.ts';
import { consistencyOf } from './consistency.ts';
import type { Finding } from './finding.ts';

/** One collection: its documents, their bytes, and the entries of its indexes where the database says. */
export interface CheckedCollection {
  name: string;
  documents: number;
  bytes: number | null;
  indexes: { name: string; entries: number | null }[];
}

/** What a check found. */
export interface Check {
  database: string;
  /** True for damage below what netgoat keeps: pages, documents, indexes. What is kept was not looked at then. */
  damaged: boolean;
  /** The version of the newest set of Changes; null where damage may have hit that too. */
  version: number | null;
  /** The schema; null for a database that nobody has written to, or that cannot be read. */
  schema: number | null;
  collections: CheckedCollection[];
  findings: Finding[];
}

/** What to do about damage below the level of documents. */
const RESTORE = 'stop what writes to it, keep a copy of the folder, and restore a backup';
const UNREAD = { damaged: true, version: null, schema: null } as const;
/** The database that netgoat keeps in an embedded store. */
const OWN = 'netgoat.';

/**
 * Looks for damage: on the embedded store in its pages, documents and indexes, on any database in what netgoat keeps
 * there. Others may write meanwhile.
 * @throws NetgoatError conflict, unreachable: it is not ours, or cannot be opened.
 */
export async function checkDatabase(target: Target, label: string): Promise<Check> {
  const pages = target.kind === 'embedded' ? await inspect(target.folder) : undefined;
  if (pages && !pages.moving && pages.problems.length > 0) {
    const findings = pages.problems.map(damage);
    return { ...UNREAD, database: label, collections: [], findings };
  }
  const open = await openDatabase(target, async () => false);
  try {
    const again =
      pages?.moving && target.kind === 'embedded' ? await inspect(target.folder, open) : undefined;
    const { collections, findings } = await contentsOf(open);
    const all = [...(again?.problems ?? []).map(damage), ...findings];
    // What is damaged cannot always be read.
    if (all.length > 0) return { ...UNREAD, database: label, collections, findings: all };
    await checkOwner(open.store.connection);
    for await (const finding of consistencyOf(open.store)) all.push(finding);
    const stamp = await stampOf(open.store);
    return { database: label, damaged: false, ...stamp, collections, findings: all };
  } finally {
    await open.store.close();
  }
}

async function inspect(folder: string, open?: OpenDatabase): Promise<PageCheck> {
  const { inspectClosed, inspectOpen } = await import('../../embedded/maintenance/inspect.ts');
  return open?.embedded ? inspectOpen(open.embedded.store, folder) : inspectClosed(folder);
}

async function stampOf({ connection }: Store): Promise<Pick<Check, 'version' | 'schema'>> {
  const counter = await connection.collection<VersionDocument>('meta').findOne({ _id: 'version' });
  return { version: counter?.value ?? 0, schema: (await readStamp(connection))?.schema ?? null };
}

async function contentsOf({
  store,
  embedded,
}: OpenDatabase): Promise<Pick<Check, 'collections' | 'findings'>> {
  if (!embedded) return { collections: await collectionsOf(store), findings: [] };
  const { checkStore } = await import('../../embedded/maintenance/check.ts');
  const { collections, problems } = await checkStore(embedded.store);
  return {
    collections: collections
      .map(({ namespace, documents, bytes, indexes }) => ({
        name: namespace.startsWith(OWN) ? namespace.slice(OWN.length) : namespace,
        documents,
        bytes,
        indexes: indexes.map(({ name, entries }) => ({ name, entries })),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    findings: problems.map(damage),
  };
}

/** `netgoat.domains: index hostname_1 lacks document 7` and the like. */
function damage(problem: string): Finding {
  const [, where = 'store', what = problem] = /^(?:netgoat\.)?([^:]+): (.*)$/.exec(problem) ?? [];
  return { level: 'error', where, what, next: RESTORE };
}

/** What a server says of its collections; a look-alike may not know of bytes. */
async function collectionsOf({ connection }: Store): Promise<CheckedCollection[]> {
  const names = (await connection.listCollections()).map(({ name }) => name).toSorted();
  return Promise.all(
    names
      .filter((name) => !name.startsWith('system.'))
      .map(async (name) => {
        const collection = connection.collection(name);
        const stats = await connection.db!.command({ collStats: name }).catch(() => undefined);
        return {
          name,
          documents: await collection.estimatedDocumentCount(),
          bytes: typeof stats?.['size'] === 'number' ? stats['size'] : null,
          indexes: (await collection.indexes()).map((index) => ({ name: String(index.name), entries: null })),
        };
      }),
  );
}
