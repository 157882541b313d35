import type { Document } from 'bson';
import { isPosition } from '../bson/paths.ts';
import { cloneValue, isDocument, typeName } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import { REMOVE, type Change } from './change.ts';
import { UPDATE_OPERATORS } from './operators.ts';
import {
  compileArrayFilters,
  expandPath,
  identifiersOf,
  isPositional,
  type ArrayFilters,
  type PositionContext,
} from './positions.ts';
import { dollarField, findTarget, readTarget, writeTarget, type Walk } from './target.ts';

/** One operator on one path, ready to be applied. */
interface Modifier {
  readonly path: string;
  readonly operator: string;
  readonly walk: Walk;
  readonly change: Change;
  /** Where `$rename` takes the value from. */
  readonly from?: string;
}

/** A checked update document of operators. */
export interface Modifiers {
  readonly list: readonly Modifier[];
  /** Whether a path stands for array elements. */
  readonly positional: boolean;
  readonly arrayFilters: ArrayFilters;
}

/** The names of the update operators. */
export const UPDATE_OPERATOR_NAMES: readonly string[] = [...Object.keys(UPDATE_OPERATORS), '$rename'];

/**
 * Checks an update document and its array filters. Throws FailedToParse for an unknown operator,
 * ConflictingUpdateOperators for two operators on one path, and the operator's own error for a wrong argument.
 */
export function compileModifiers(update: Document, filters: readonly Document[]): Modifiers {
  const given = Object.entries(update).flatMap(([operator, fields]) => modifiersOf(operator, fields));
  const { order, positional, identifiers } = shapeOf(given);
  const arrayFilters = compileArrayFilters(filters);
  const unused = [...arrayFilters.keys()].find((name) => !identifiers.has(name));
  if (unused)
    throw new ServerError(9, `The array filter for identifier '${unused}' was not used in the update`);
  return { list: order.map((at) => given[at] as Modifier), positional, arrayFilters };
}

/** What follows from the paths of an update alone, whatever it sets them to. */
interface Shape {
  /** The modifiers by place, in the order in which they are applied. */
  readonly order: readonly number[];
  readonly positional: boolean;
  readonly identifiers: ReadonlySet<string>;
}

/** The shapes of late: updates come by the thousand with the same paths. */
const shapes = new Map<string, Shape>();
const MAX_SHAPES = 100;

function shapeOf(given: readonly Modifier[]): Shape {
  const key = given.map(({ path, from = '' }) => `${path}\0${from}`).join('\0');
  const known = shapes.get(key);
  if (known !== undefined) return known;
  const shape = newShape(given);
  if (shapes.size >= MAX_SHAPES) shapes.clear();
  shapes.set(key, shape);
  return shape;
}

/** Checks the paths. */
function newShape(given: readonly Modifier[]): Shape {
  const order = [...given.keys()];
  // fields are applied in the order of their names, numbers by value, whatever the update's order (MongoDB 5.0)
  order.sort((a, b) => comparePaths((given[a] as Modifier).path, (given[b] as Modifier).path));
  const list = order.map((at) => given[at] as Modifier);
  refuseConflicts(list.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])));
  refuseMixedLevels(list.map(({ path }) => path.split('.')));
  return {
    order,
    positional: list.some(({ path }) => path.split('.').some(isPositional)),
    identifiers: new Set(list.flatMap(({ path }) => identifiersOf(path))),
  };
}

function modifiersOf(operator: string, fields: unknown): Modifier[] {
  const known = UPDATE_OPERATORS[operator];
  if (!known && operator !== '$rename') {
    throw new ServerError(
      9,
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (!isDocument(fields)) {
    throw new ServerError(
      9,
      `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ...}`,
    );
  }
  return Object.entries(fields).map(([path, argument]) => {
    checkPath(path);
    if (!known) return rename(path, argument);
    return { path, operator, walk: known.walk, change: known.prepare(argument, path) };
  });
}

function checkPath(path: string): void {
  if (path === '') throw new ServerError(56, 'An empty update path is not valid.');
  const parts = path.split('.');
  if (parts.includes(''))
    throw new ServerError(
      56,
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  if (isPositional(parts[0] as string))
    throw new ServerError(
      2,
      `Cannot have positional (i.e. '$') element in the first position in path '${path}'`,
    );
}

/** A field that begins with `$` may be inserted, also by an upsert, but not set (manual, "Dollar-Prefixed Fields"). */
function checkTopField({ path, walk }: Modifier): void {
  if (walk === 'create' && /^\$[^.]*$/.test(path)) throw dollarField(path);
}

function rename(from: string, to: unknown): Modifier {
  if (typeof to !== 'string')
    throw new ServerError(2, `The 'to' field for $rename must be a string: ${from}`);
  checkPath(to);
  if (from === to)
    throw new ServerError(2, `The source and target field for $rename must differ: ${from}: "${to}"`);
  if (from.startsWith(`${to}.`) || to.startsWith(`${from}.`))
    throw new ServerError(
      2,
      `The source and target field for $rename must not be on the same path: ${from}: "${to}"`,
    );
  if (`${from}.${to}`.split('.').some(isPositional))
    throw new ServerError(2, `The source and destination of $rename may not be dynamic: ${from}`);
  return { path: to, from, operator: '$rename', walk: 'create', change: () => undefined };
}

function comparePaths(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    if (x === y) continue;
    return isPosition(x) && isPosition(y) ? Number(x) - Number(y) : x < y ? -1 : 1;
  }
  return left.length - right.length;
}

/** Two operators on one field, or on a field and what is in it, are a conflict (manual, "Update Operators"). */
function refuseConflicts(paths: readonly string[]): void {
  const seen = new Set(paths);
  for (const [i, path] of paths.entries()) {
    const parts = path.split('.');
    for (let n = 1; n < parts.length; n++) {
      const parent = parts.slice(0, n).join('.');
      if (seen.has(parent)) throw conflict(path, parent);
    }
    if (paths.indexOf(path) !== i) throw conflict(path, path);
  }
}

/** All paths into one array go by array filters, or none. */
function refuseMixedLevels(paths: readonly (readonly string[])[]): void {
  const byFilter = new Map<string, boolean>();
  for (const parts of paths) {
    for (const [i, part] of parts.entries()) {
      const parent = parts.slice(0, i).join('.');
      const filtered = part.startsWith('$[');
      if ((byFilter.get(parent) ?? filtered) !== filtered) throw conflict(parts.join('.'), parent);
      byFilter.set(parent, filtered);
    }
  }
}

function conflict(path: string, at: string): ServerError {
  return new ServerError(40, `Updating the path '${path}' would create a conflict at '${at}'`);
}

/** Applies the operators to the document in `context`, in place. `$setOnInsert` counts only when inserting. */
export function applyModifiers(modifiers: Modifiers, context: PositionContext, inserting: boolean): void {
  const places = modifiers.list
    .filter(({ operator }) => inserting || operator !== '$setOnInsert')
    .map((modifier) => ({ modifier, paths: placesOf(modifier, context) }));
  // two positional paths may turn out to be the same element
  if (modifiers.positional)
    refuseConflicts(places.flatMap(({ paths }) => paths.map((parts) => parts.join('.'))));
  for (const { modifier, paths } of places) {
    if (!inserting) checkTopField(modifier);
    // the same argument may land in several places: each gets its own copy
    const keep = paths.length > 1 ? cloneValue : asItIs;
    for (const parts of paths) applyOne(modifier, parts, context.document, keep);
  }
}

function placesOf({ path, from }: Modifier, context: PositionContext): string[][] {
  return from === undefined ? expandPath(path, context) : [path.split('.')];
}

function asItIs(value: unknown): unknown {
  return value;
}

function applyOne(
  { walk, change, from }: Modifier,
  parts: readonly string[],
  document: Document,
  keep: (value: unknown) => unknown,
): void {
  if (from !== undefined) return moveField(document, from.split('.'), parts);
  const target = findTarget(document, parts, walk);
  if (!target) return;
  const current = readTarget(target);
  if (current === undefined && walk !== 'create') return;
  const next = change(current);
  if (next !== undefined) writeTarget(target, keep(next));
}

function moveField(document: Document, from: readonly string[], to: readonly string[]): void {
  const source = findTarget(document, from, 'check');
  const value = source && readTarget(source);
  if (!source || value === undefined) return;
  if (leadsThroughArray(document, from))
    throw new ServerError(2, `The source field cannot be an array element, '${from.join('.')}'`);
  if (leadsThroughArray(document, to))
    throw new ServerError(2, `The destination field cannot be an array element, '${to.join('.')}'`);
  const target = findTarget(document, to, 'create');
  writeTarget(source, REMOVE);
  if (target) writeTarget(target, value);
}

function leadsThroughArray(document: Document, parts: readonly string[]): boolean {
  return parts.some((_, i) => {
    const target = i > 0 && findTarget(document, parts.slice(0, i), 'look');
    return target && Array.isArray(readTarget(target));
  });
}
