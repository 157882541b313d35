import { eachElement, EMPTY_ARRAY_VALUE, findElement, NULL_VALUE, TYPE, type RawValue } from './raw.ts';

/** A visitor of the values of a path: `bytes` is null where the field is missing; true ends the walk. */
export type Visitor = (bytes: Buffer | null, type: number, offset: number) => boolean;

/** True for a path part that may be an array position. */
export function isPosition(part: string | undefined): boolean {
  return part !== undefined && /^(0|[1-9]\d*)$/.test(part);
}

/**
 * Collects the values that an index or a sort sees for a dotted path: arrays fan out, a missing field is null, an
 * empty array comes before null. Returns true if an array was met on the way.
 */
export function collectKeys(
  bytes: Buffer,
  offset: number,
  parts: readonly string[],
  at: number,
  out: RawValue[],
): boolean {
  const found = findElement(bytes, offset, parts[at] as string);
  if (!found) {
    out.push(NULL_VALUE);
    return false;
  }
  if (at === parts.length - 1) return collectLeaf(found, out);
  if (found.type === TYPE.object) return collectKeys(bytes, found.offset, parts, at + 1, out);
  if (found.type !== TYPE.array) {
    out.push(NULL_VALUE);
    return false;
  }
  collectThroughArray(found, parts, at, out);
  return true;
}

function collectLeaf(found: RawValue, out: RawValue[]): boolean {
  if (found.type !== TYPE.array) {
    out.push(found);
    return false;
  }
  const before = out.length;
  eachElement(found.bytes, found.offset, (type, offset) => {
    out.push({ bytes: found.bytes, type, offset });
  });
  if (out.length === before) out.push(EMPTY_ARRAY_VALUE);
  return true;
}

/** Collects from an array element that the path names by its position: the other elements do not count then. */
function collectFrom(element: RawValue, parts: readonly string[], at: number, out: RawValue[]): void {
  if (at === parts.length - 1) collectLeaf(element, out);
  else if (element.type === TYPE.object) collectKeys(element.bytes, element.offset, parts, at + 1, out);
  else if (element.type === TYPE.array) collectThroughArray(element, parts, at, out);
  else out.push(NULL_VALUE);
}

function collectThroughArray(array: RawValue, parts: readonly string[], at: number, out: RawValue[]): void {
  const before = out.length;
  const next = parts[at + 1] as string;
  const element = isPosition(next) ? findElement(array.bytes, array.offset, next) : undefined;
  if (element) return collectFrom(element, parts, at + 1, out);
  eachElement(array.bytes, array.offset, (type, offset) => {
    if (type === TYPE.object) collectKeys(array.bytes, offset, parts, at + 1, out);
  });
  if (out.length === before) out.push(NULL_VALUE);
}

/**
 * Visits the values that a filter sees for a dotted path (manual, "Query an Array"): with `elements`, the elements
 * of an array at the end of the path and then the array itself. Returns true if a visitor did.
 */
export function visitPath(
  bytes: Buffer,
  offset: number,
  parts: readonly string[],
  at: number,
  elements: boolean,
  visit: Visitor,
): boolean {
  const found = findElement(bytes, offset, parts[at] as string);
  if (!found) return visit(null, TYPE.undefined, 0);
  if (at === parts.length - 1) return visitLeaf(found, elements, visit);
  if (found.type === TYPE.object) return visitPath(bytes, found.offset, parts, at + 1, elements, visit);
  if (found.type !== TYPE.array) return visit(null, TYPE.undefined, 0);
  return visitThroughArray(found, parts, at, elements, visit);
}

function visitLeaf(found: RawValue, elements: boolean, visit: Visitor): boolean {
  const { bytes, type, offset } = found;
  if (type === TYPE.array && elements && eachElement(bytes, offset, (t, o) => visit(bytes, t, o)))
    return true;
  return visit(bytes, type, offset);
}

function visitThroughArray(
  array: RawValue,
  parts: readonly string[],
  at: number,
  elements: boolean,
  visit: Visitor,
): boolean {
  const { bytes, offset } = array;
  const next = parts[at + 1] as string;
  if (isPosition(next)) {
    const element = findElement(bytes, offset, next);
    if (element && at + 2 === parts.length) {
      // an element that is an array itself is one value here
      if (visit(element.bytes, element.type, element.offset)) return true;
    } else if (element?.type === TYPE.object) {
      if (visitPath(bytes, element.offset, parts, at + 2, elements, visit)) return true;
    } else if (element?.type === TYPE.array) {
      if (visitThroughArray(element, parts, at + 1, elements, visit)) return true;
    }
  }
  return eachElement(bytes, offset, (type, elementOffset) =>
    type === TYPE.object ? visitPath(bytes, elementOffset, parts, at + 1, elements, visit) : false,
  );
}
