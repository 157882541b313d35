import type { Document } from 'bson';
import { isDocument } from '../bson/values.ts';

/**
 * A copy of a document with a value at a path, undefined for none. On the way an array is gone through element by
 * element, and what is not a document becomes one, also for a value that is missing, as `$addFields` does it.
 */
export function setThrough(document: Document, path: readonly string[], value: unknown): Document {
  const [first, ...rest] = path as [string, ...string[]];
  const next = rest.length === 0 ? value : setInside(document[first], rest, value);
  if (next !== undefined) return { ...document, [first]: next };
  if (!(first in document)) return document;
  const { [first]: _removed, ...others } = document;
  return others;
}

function setInside(inner: unknown, path: readonly string[], value: unknown): unknown {
  if (Array.isArray(inner)) return inner.map((element: unknown) => setInside(element, path, value));
  if (isDocument(inner)) return setThrough(inner, path, value);
  return setThrough({}, path, value);
}
