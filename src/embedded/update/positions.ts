import type { Document } from 'bson';
import { encode } from '../bson/raw.ts';
import { isDocument } from '../bson/values.ts';
import { compileFilter } from '../query/match.ts';
import { matchedPosition } from '../query/position.ts';
import type { Predicate } from '../query/predicate.ts';
import { ServerError } from '../server-error.ts';
import { findTarget, readTarget } from './target.ts';

/** The array filters of an update by their identifier. */
export type ArrayFilters = ReadonlyMap<string, Predicate>;

/** Compiles `arrayFilters`; every one has to be about one identifier, and no two about the same. */
export function compileArrayFilters(filters: readonly Document[]): ArrayFilters {
  const byName = new Map<string, Predicate>();
  for (const filter of filters) {
    const names = new Set(identifiers(filter));
    const [name] = names;
    if (name === undefined)
      throw new ServerError(9, 'Cannot use an expression without a top-level field name in arrayFilters');
    if (names.size > 1)
      throw new ServerError(
        9,
        `Error parsing array filter: Expected a single top-level field name, found '${[...names].join("' and '")}'`,
      );
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name))
      throw new ServerError(
        2,
        `Error parsing array filter: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
      );
    if (byName.has(name))
      throw new ServerError(9, `Found multiple array filters with the same top-level field name ${name}`);
    byName.set(name, compileFilter(filter));
  }
  return byName;
}

function* identifiers(filter: Document): Generator<string> {
  for (const [field, condition] of Object.entries(filter)) {
    if (!field.startsWith('$')) yield field.split('.')[0] as string;
    else if (Array.isArray(condition))
      for (const branch of condition) if (isDocument(branch)) yield* identifiers(branch);
  }
}

/** The identifiers that a path uses in `$[identifier]`. */
export function identifiersOf(path: string): string[] {
  return [...path.matchAll(/\$\[([^\]]+)\]/g)].map((match) => match[1] as string);
}

/** What positional parts of a path are resolved with. */
export interface PositionContext {
  readonly document: Document;
  /** The document as it was when the filter matched it. */
  readonly raw: Buffer;
  readonly filter: Document;
  readonly arrayFilters: ArrayFilters;
}

/** True for a path part that stands for array elements; any other that begins with `$` is a field's name. */
export function isPositional(part: string): boolean {
  return part === '$' || /^\$\[.*\]$/.test(part);
}

/** Replaces `$`, `$[]` and `$[identifier]` by positions: one path becomes as many as there are elements. */
export function expandPath(path: string, context: PositionContext): string[][] {
  let paths: string[][] = [[]];
  for (const part of path.split('.')) {
    paths = isPositional(part)
      ? paths.flatMap((prefix) => positions(prefix, part, context))
      : paths.map((prefix) => [...prefix, part]);
  }
  return paths;
}

function positions(prefix: string[], part: string, context: PositionContext): string[][] {
  if (part === '$') {
    const position = matchedPosition(context.filter, context.raw, prefix.join('.'));
    if (position === undefined) {
      throw new ServerError(2, 'The positional operator did not find the match needed from the query.');
    }
    return [[...prefix, String(position)]];
  }
  const list = arrayAt(prefix, context.document);
  const name = part.slice(2, -1);
  const test = name === '' ? undefined : context.arrayFilters.get(name);
  if (name !== '' && !test)
    throw new ServerError(
      2,
      `No array filter found for identifier '${name}' in path '${[...prefix, part].join('.')}'`,
    );
  return list.flatMap((element, index) =>
    !test || test(encode({ [name]: element })) ? [[...prefix, String(index)]] : [],
  );
}

function arrayAt(prefix: string[], document: Document): unknown[] {
  const target = findTarget(document, prefix, 'look');
  const value = target && readTarget(target);
  if (value === undefined) {
    throw new ServerError(
      2,
      `The path '${prefix.join('.')}' must exist in the document in order to apply array updates.`,
    );
  }
  if (!Array.isArray(value))
    throw new ServerError(2, `Cannot apply array updates to non-array element ${prefix.join('.')}`);
  return value;
}
