import type { Entry } from './entries.ts';
import type { Chunks } from './lines.ts';

/** One of the files: the zone's own or an included one. */
export interface Source {
  file: string;
  chunks: Chunks;
  origin: string;
  /** What its first line has above it, as in BIND. */
  last: Last;
  depth: number;
  /** The files that led here. */
  above: readonly string[];
}

/** What a record leaves to those after it: its owner in full, its TTL. */
export interface Last {
  owner?: string | undefined;
  ttl?: number;
}

/** What a line may change for those after it. */
export interface State {
  readonly source: Source;
  origin: string;
  readonly last: Last;
  /** The same for lines in comments, from the last record on that is none. */
  lastInComment?: Last | undefined;
}

/** What a record goes by. One in a comment goes by a copy: the records that are served are the same without it. */
export function lastOf(state: State, { enabled }: Entry): Last {
  if (!enabled) return (state.lastInComment ??= { ...state.last });
  state.lastInComment = undefined;
  return state.last;
}
