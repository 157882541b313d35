import { isPlainObject, machineValue } from './columns.ts';
import { inert } from './sanitize.ts';

const LONGEST_VALUE = 72;
/** What the store keeps for itself and no operator sets. */
const BOOKKEEPING = new Set(['_id', 'id', '__v', 'teamId', 'domainId', 'revision', 'createdAt', 'updatedAt']);

type Item = Record<string, unknown>;

/** A field that moved. */
export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
  /** Of an item of a list: it comes or goes, and is the only one of the two that there is. */
  item?: 'comes' | 'goes';
}

/**
 * The fields in which two states differ: objects field by field (`tls.status`), lists of objects item by item, and so
 * are new objects and lists of texts that would be cut in one line.
 */
export function fieldChanges(before: Record<string, unknown>, after: Record<string, unknown>): FieldChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .filter((key) => !BOOKKEEPING.has(key))
    .flatMap((key) => compare(key, machineValue(before[key]), machineValue(after[key])));
}

/** What most new documents have, and nobody needs to be told; of other fields that are on or off it is off. */
const USUAL: Readonly<Record<string, boolean>> = { enabled: true, active: true };

/** The fields of a new document that say something: set, not empty, not as usual, and not its name over again. */
export function salientFields(
  after: Record<string, unknown>,
  name: string,
): { field: string; value: unknown }[] {
  return Object.entries(after)
    .filter(([key]) => !BOOKKEEPING.has(key))
    .map(([field, value]) => ({ field, value: withoutEmpty(machineValue(value)) }))
    .filter(({ field, value }) => !isEmpty(value) && value !== (USUAL[field] ?? false) && value !== name);
}

/** A value on one inert line: texts plain where that is clear, lists and objects as JSON; long ones cut, with their length. */
export function shortValue(value: unknown): string {
  const text = plain(value);
  if (text.length <= LONGEST_VALUE) return text;
  const cut = [...text].slice(0, LONGEST_VALUE).join('');
  const length = typeof value === 'string' ? value.length : text.length;
  return `${cut}… (${length} characters)`;
}

function compare(field: string, before: unknown, after: unknown): FieldChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isPlainObject(before) && isPlainObject(after)) return compareFields(field, before, after);
  if (isListOfObjects(before) && isListOfObjects(after)) return compareItems(field, before, after);
  const whole = [{ field, before, after }];
  if (!isCut(before) && !isCut(after)) return whole;
  if (before === null && isPlainObject(after)) return compareFields(field, {}, after);
  if (!isListOfTexts(before) || !isListOfTexts(after)) return whole;
  const items = compareTexts(field, before, after);
  // Another order is all there is to tell.
  return items.length === 0 ? whole : items;
}

function compareFields(field: string, before: Item, after: Item): FieldChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  keys.delete('revision');
  return [...keys].flatMap((key) => compare(`${field}.${key}`, before[key] ?? null, after[key] ?? null));
}

function compareTexts(field: string, before: string[], after: string[]): FieldChange[] {
  const [from, to] = [new Set(before), new Set(after)];
  const gone = before.filter((text) => !to.has(text));
  const come = after.filter((text) => !from.has(text));
  return [
    ...gone.map((text) => ({ field, before: text, after: null, item: 'goes' }) as const),
    ...come.map((text) => ({ field, before: null, after: text, item: 'comes' }) as const),
  ];
}

/** What tells the items of a list apart; where nothing does, their place. */
const IDENTIFIERS = ['name', 'url', 'team'];

function compareItems(field: string, before: Item[], after: Item[]): FieldChange[] {
  const identifier = IDENTIFIERS.find((key) => identifies(key, before) && identifies(key, after));
  const keyed = (items: Item[]) =>
    new Map(items.map((item, index) => [identifier === undefined ? index : item[identifier], item]));
  const [from, to] = [keyed(before), keyed(after)];
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((key) =>
    compare(`${field}[${String(key)}]`, from.get(key) ?? null, to.get(key) ?? null),
  );
}

function identifies(key: string, items: Item[]): boolean {
  const values = new Set(items.map((item) => item[key]));
  return values.size === items.length && [...values].every((value) => typeof value === 'string');
}

function isListOfObjects(value: unknown): value is Item[] {
  return Array.isArray(value) && value.every(isPlainObject);
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isCut(value: unknown): boolean {
  return typeof value === 'object' && value !== null && plain(value).length > LONGEST_VALUE;
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '(none)';
  if (typeof value !== 'string') return inert(JSON.stringify(machineValue(value)));
  return value === '' || value !== value.trim() || value === '(none)'
    ? JSON.stringify(inert(value))
    : inert(value);
}

function withoutEmpty(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => !isEmpty(inner)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isPlainObject(value) && Object.keys(value).length === 0;
}
