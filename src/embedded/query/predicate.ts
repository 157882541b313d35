import type { Document } from 'bson';
import { visitPath, type Visitor } from '../bson/paths.ts';

/** A test of the document that begins at `offset` of the buffer. */
export type Predicate = (raw: Buffer, offset?: number) => boolean;

/** A test of one array element. */
export type ElementTest = (bytes: Buffer, type: number, offset: number) => boolean;

/** What a filter may refer to besides the document: the `let` variables of its command. */
export interface MatchOptions {
  readonly variables?: Document;
  /** Whether the filter is that of an `$elemMatch`, where `$ref`, `$id` and `$db` are fields. */
  readonly inElement?: boolean;
}

/** True if a value of the path, or an element of an array at its end, passes. */
export function someValue(parts: readonly string[], leaf: Visitor): Predicate {
  return (raw, offset = 0) => visitPath(raw, offset, parts, 0, true, leaf);
}

/** True if a value of the path passes; an array at its end counts as one value. */
export function wholeValue(parts: readonly string[], leaf: Visitor): Predicate {
  return (raw, offset = 0) => visitPath(raw, offset, parts, 0, false, leaf);
}

/** The opposite test. */
export function not(test: Predicate): Predicate {
  return (raw, offset = 0) => !test(raw, offset);
}
