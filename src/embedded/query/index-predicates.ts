import type { Document } from 'bson';
import { keyText, ORDER } from '../bson/key.ts';
import { rawOf, type RawValue } from '../bson/raw.ts';
import { bsonClass, isDocument, isOperators, isRegex } from '../bson/values.ts';
import { literalPrefix } from './regex.ts';

/** The values a field may have; `exact` if the index answers the condition without a look at the document. */
export interface Points {
  readonly points: readonly RawValue[];
  readonly exact: boolean;
}

/** A range of values of one type; the document is looked at for whether a bound is in it. */
export interface Range {
  readonly low?: RawValue | undefined;
  readonly high?: RawValue | undefined;
}

/** What an index can use of a filter: conditions by field, all of which hold. */
export type IndexPredicates = ReadonlyMap<string, Points | Range>;

/** Reads the conditions of a filter, and of its `$and` branches, that an index can answer. */
export function indexPredicates(filter: Document): IndexPredicates {
  const found = new Map<string, Points | Range>();
  collect(found, filter);
  return found;
}

function collect(found: Map<string, Points | Range>, filter: Document): void {
  for (const [field, condition] of Object.entries(filter)) {
    if (field === '$and' && Array.isArray(condition))
      for (const branch of condition) collect(found, branch as Document);
    if (field.startsWith('$')) continue;
    const predicate = predicateOf(condition);
    const known = found.get(field);
    if (!predicate || (known && 'points' in known)) continue;
    found.set(field, known && !('points' in predicate) ? intersect(known, predicate) : predicate);
  }
}

/** The low bound of one condition with the high bound of another; a second bound on one side is left to the test. */
function intersect(a: Range, b: Range): Range {
  const low = a.low ?? b.low;
  const high = a.high ?? b.high;
  return low && high && ORDER[low.type] !== ORDER[high.type] ? a : { low, high };
}

function predicateOf(condition: unknown): Points | Range | undefined {
  if (isPoint(condition))
    return { points: [rawOf(condition)], exact: condition !== null && condition !== undefined };
  if (isRegex(condition)) return textRange(literalPrefix(condition));
  if (!isOperators(condition)) return undefined;
  const alone = Object.keys(condition).length === 1;
  if ('$eq' in condition && isPoint(condition['$eq'])) {
    return { points: [rawOf(condition['$eq'])], exact: alone && condition['$eq'] !== null };
  }
  const list: unknown = condition['$in'];
  if (Array.isArray(list) && list.every(isPoint)) {
    const distinct = new Map(list.map((value) => [keyText(value), rawOf(value)]));
    return { points: [...distinct.values()], exact: alone && !list.includes(null) };
  }
  if ('$regex' in condition) return textRange(literalPrefix(condition['$regex'], condition['$options']));
  return rangeOf(condition);
}

function rangeOf(condition: Document): Range | undefined {
  const low = bound(condition['$gt']) ?? bound(condition['$gte']);
  const high = bound(condition['$lt']) ?? bound(condition['$lte']);
  if (!low && !high) return undefined;
  return low && high && ORDER[low.type] !== ORDER[high.type] ? undefined : { low, high };
}

function bound(value: unknown): RawValue | undefined {
  return value === null || value === undefined || !isPoint(value) ? undefined : rawOf(value);
}

function textRange(prefix: string | undefined): Range | undefined {
  return prefix === undefined ? undefined : { low: rawOf(prefix), high: rawOf(`${prefix}\u{10ffff}`) };
}

const NOT_A_POINT = new Set(['MinKey', 'MaxKey', 'BSONRegExp']);

/** A value that an index holds as one entry, whatever else the document has. */
function isPoint(value: unknown): boolean {
  if (value instanceof Date) return true;
  return (
    !Array.isArray(value) && !isDocument(value) && !isRegex(value) && !NOT_A_POINT.has(bsonClass(value) ?? '')
  );
}
