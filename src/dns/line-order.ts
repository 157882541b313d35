import type { Place } from './master-file/file-record.ts';

/** In the order of the lines of each file, the files as they come; what has no place comes last, as it was. */
export function inLineOrder<T extends { readonly place?: Place }>(found: readonly T[]): T[] {
  const files = new Map<string | undefined, number>();
  for (const { place } of found) {
    if (place !== undefined && !files.has(place.file)) files.set(place.file, files.size);
  }
  const last = files.size;
  return found.toSorted((a, b) => {
    const byFile = (files.get(a.place?.file) ?? last) - (files.get(b.place?.file) ?? last);
    if (byFile !== 0 || a.place === undefined || b.place === undefined) return byFile;
    return a.place.line - b.place.line || a.place.column - b.place.column;
  });
}
