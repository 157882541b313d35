import type { ChalkInstance } from 'chalk';
import { fieldChanges, salientFields, shortValue } from './diff-fields.ts';
import type { FieldChange } from './diff-fields.ts';
import { painter } from './paint.ts';
import { inert } from './sanitize.ts';

/** One change to show; `before` and `after` may hold only the fields that moved. */
export interface DiffEntry {
  op: 'add' | 'update' | 'remove';
  kind: string;
  name: string;
  team?: string | null;
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
}

const STYLES = {
  add: { sign: '+', color: 'green' },
  update: { sign: '~', color: 'yellow' },
  remove: { sign: '-', color: 'red' },
} as const;

const MOST_FIELDS_OF_AN_ADD = 8;

/** What the name of a new thing says already, unless it is cut. */
const IN_NAME: Readonly<Record<string, readonly string[]>> = { dns: ['name', 'type', 'value'] };

/** Nobody reads more on a screen, and the summary below it would be far away. */
const MOST_ON_TERMINAL = 50;

/**
 * The changes for people, the same for a dry run, a question and a result: a line each (`+ domain shop.example.com`),
 * an update's fields as `field: old -> new`, an add's telling fields, and the summary line. A terminal shows the
 * first 50 changes. Ends in a newline.
 */
export function renderDiff(changes: DiffEntry[], view: { color: boolean; tty?: boolean }): string {
  const paint = painter(view.color);
  const shown = view.tty === true ? changes.slice(0, MOST_ON_TERMINAL) : changes;
  const lines = shown.flatMap((change) => [headLine(change, paint), ...fieldLines(change, paint)]);
  const more = changes.length - shown.length;
  if (more > 0) lines.push(paint.dim(`… and ${more} more; --output json has them all`));
  return [...lines, summary(changes)].map((line) => `${line}\n`).join('');
}

function headLine(change: DiffEntry, paint: ChalkInstance): string {
  const { sign, color } = STYLES[change.op];
  const team = change.team ? paint.dim(` (${inert(change.team)})`) : '';
  return paint[color](`${sign} ${inert(change.kind)} ${inert(change.name)}`) + team;
}

function fieldLines(change: DiffEntry, paint: ChalkInstance): string[] {
  if (change.op === 'remove') return [];
  if (change.op === 'update') {
    const moved = fieldChanges(change.before ?? {}, change.after ?? {});
    return moved.map((field) => `    ${inert(field.field)}: ${movement(field, paint)}`);
  }
  const told = change.name.endsWith('…') ? [] : (IN_NAME[change.kind] ?? []);
  const fields = salientFields(change.after ?? {}, change.name).filter(({ field }) => !told.includes(field));
  const shown = fields.slice(0, MOST_FIELDS_OF_AN_ADD);
  const more = fields.length - shown.length;
  return [
    ...shown.map(({ field, value }) => `    ${inert(field)}: ${shortValue(value)}`),
    ...(more > 0 ? [`    and ${more} more field${more === 1 ? '' : 's'}`] : []),
  ];
}

function movement({ before, after, item }: FieldChange, paint: ChalkInstance): string {
  if (item === 'goes') return paint.red(`- ${shortValue(before)}`);
  if (item === 'comes') return paint.green(`+ ${shortValue(after)}`);
  return `${paint.red(shortValue(before))} -> ${paint.green(shortValue(after))}`;
}

function summary(changes: DiffEntry[]): string {
  const count = (op: DiffEntry['op']): number => changes.filter((change) => change.op === op).length;
  return `${count('add')} to add, ${count('update')} to update, ${count('remove')} to remove.`;
}
