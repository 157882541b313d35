/** What a line of an access log says; one is used for all lines, and filled anew by each. */
export interface Entry {
  /** As it stands in the log, a port included; '' where the line names none. */
  host: string;
  /** Since 1970-01-01T00:00Z. */
  minute: number;
  status: number;
  bytesIn: number;
  bytesOut: number;
  hit: boolean;
}

/** An entry that says nothing yet. */
export function newEntry(): Entry {
  return { host: '', minute: 0, status: 0, bytesIn: 0, bytesOut: 0, hit: false };
}

/** What caches call an answer that came from them; nginx tells apart why it did. */
const HITS = new Set(['HIT', 'STALE', 'UPDATING', 'REVALIDATED']);
const OTHERS = new Set(['MISS', 'EXPIRED', 'BYPASS', 'DYNAMIC']);

/** Whether a word is what a cache says of an answer. */
export function isCacheWord(word: string): boolean {
  return HITS.has(word) || OTHERS.has(word);
}

/** Whether it says that the answer came from the cache. */
export function isHit(word: string): boolean {
  return HITS.has(word);
}

/** Why a line that has everything else does not count. */
export const NO_STATUS = 'it has no status of 100 to 599';
