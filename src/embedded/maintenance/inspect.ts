import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_FILE } from '../files.ts';
import type { Store } from '../store/store.ts';
import { checkPages } from './pages.ts';
import type { PageCheck } from './pages.ts';

/** Reads the pages of a store that is not open in this process. */
export function inspectClosed(folder: string): PageCheck {
  const data = join(folder, DATA_FILE);
  if (!existsSync(data)) return { problems: ['the data file is missing'], moving: false };
  return inspect(data);
}

/** The same of an open store. A snapshot keeps pages that are in use now from being written over meanwhile. */
export function inspectOpen(store: Store, folder: string): PageCheck {
  const snapshot = store.environment.snapshot();
  try {
    store.catalog.collections(snapshot);
    return inspect(join(folder, DATA_FILE));
  } finally {
    snapshot.done();
  }
}

function inspect(data: string): PageCheck {
  const file = openSync(data, 'r');
  try {
    return checkPages(file);
  } finally {
    closeSync(file);
  }
}
