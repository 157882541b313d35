import type { Document } from 'bson';
import { isPosition } from '../bson/paths.ts';
import { isDocument, typeName } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import { REMOVE } from './change.ts';

/** MongoDB pads an array with nulls up to a position that is set, but not without end. */
const MAX_PADDING = 1_500_000;

type Container = Document | unknown[];

/** A field, or an array position, inside its document or array. */
export interface Target {
  readonly container: Container;
  readonly key: string;
}

function read(container: Container, key: string): unknown {
  if (Array.isArray(container)) return container[Number(key)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

/** The value of a target; undefined where there is none. */
export function readTarget(target: Target): unknown {
  return read(target.container, target.key);
}

/** Puts a value at the target; REMOVE takes a field away and turns an array element into null. */
export function writeTarget({ container, key }: Target, value: unknown): void {
  if (Array.isArray(container)) {
    const index = Number(key);
    if (value !== REMOVE) pad(container, index);
    if (value !== REMOVE || index < container.length) container[index] = value === REMOVE ? null : value;
  } else if (value === REMOVE) delete container[key];
  else if (key !== '__proto__') container[key] = value;
  else Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

function pad(list: unknown[], length: number): void {
  if (length > MAX_PADDING)
    throw new ServerError(2, `can't backfill more than ${MAX_PADDING} array elements`);
  while (list.length < length) list.push(null);
}

/**
 * What a walk does where the path ends before the place: make the documents that are missing, say by PathNotViable
 * that none can be made there, or nothing.
 */
export type Walk = 'create' | 'check' | 'look';

/** Walks to the place of a path; undefined if it is not there. Throws PathNotViable as the walk says. */
export function findTarget(root: Document, parts: readonly string[], walk: Walk): Target | undefined {
  let node: Container = root;
  for (const [i, part] of parts.entries()) {
    if (Array.isArray(node) && !isPosition(part)) {
      if (walk === 'look') return undefined;
      throw notViable(part, parts[i - 1], node);
    }
    if (i === parts.length - 1) return { container: node, key: part };
    const next = read(node, part);
    if (next === undefined) {
      if (walk !== 'create') return undefined;
      const made: Document = {};
      writeTarget({ container: node, key: part }, made);
      node = made;
    } else if (isDocument(next) || Array.isArray(next)) node = next;
    else if (walk === 'look') return undefined;
    else throw notViable(parts[i + 1] as string, part, next);
  }
  return undefined;
}

function notViable(field: string, parent: string | undefined, value: unknown): ServerError {
  const shown = Array.isArray(value) ? 'an array' : `a value of type ${typeName(value)}`;
  return new ServerError(
    28,
    `Cannot create field '${field}' in element '${parent ?? ''}', which is ${shown}`,
  );
}

/** The error for a field at the top of a document that begins with `$`, where an update may not put one. */
export function dollarField(field: string): ServerError {
  return new ServerError(
    52,
    `The dollar ($) prefixed field '${field}' in '${field}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
  );
}
