import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../files.ts';
import type { Store } from '../store/store.ts';
import { checkPages } from './pages.ts';

/** How often pages are read again where others write meanwhile. */
const ATTEMPTS = 3;

/** What is wrong with the pages of a store; `moving` if others wrote meanwhile, and it may be nothing. */
interface Inspection {
  readonly problems: readonly string[];
  readonly moving: boolean;
}

/** Reads the pages of a store that is not open in this process. */
export function inspectClosed(folder: string): Inspection {
  const file = openSync(join(folder, DATA_FILE), 'r');
  try {
    let last = checkPages(file);
    for (let attempt = 1; attempt < ATTEMPTS && last.problems.length > 0; attempt++) {
      const before = last;
      last = checkPages(file);
      if (last.transaction === before.transaction) return { problems: last.problems, moving: false };
    }
    return { problems: last.problems, moving: last.problems.length > 0 };
  } finally {
    closeSync(file);
  }
}

/** The same of an open store. A snapshot keeps pages that are in use now from being written over meanwhile. */
export function inspectOpen(store: Store, folder: string): readonly string[] {
  const snapshot = store.environment.snapshot();
  store.catalog.collections(snapshot);
  const file = openSync(join(folder, DATA_FILE), 'r');
  try {
    return checkPages(file).problems;
  } finally {
    closeSync(file);
    snapshot.done();
  }
}
