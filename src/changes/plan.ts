import { isDeepStrictEqual } from 'node:util';
import type { NetgoatError } from '../errors.ts';
import type { Id, Revisioned } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import type { KindName } from '../models/kinds.ts';

/** What an intent comes to: the Changes, and what must still hold when they are written. */
export interface Plan {
  changes: Change[];
  /** Zones whose records change, at the zone revision that was read. */
  zones: ZoneClaim[];
  /** The revision of what the command names, for `--if-revision`. */
  revision: number | null;
  /** Why it may be looked at, but not written: `applyPlan` throws it. */
  refusal?: NetgoatError;
  /** Advice for the operator, a line each. */
  warnings: string[];
  /** Advice that holds only once it is written, a line each. */
  afterwards?: string[];
  /** Shown once with the result and never again: a new token. */
  reveal?: Record<string, string>;
  /** What a removing command takes away, typed to confirm it; the name of the last Change unless said. */
  removes?: string;
  /** Where things that share a name are removed, all of them or some: that name, typed to confirm it. */
  removesFrom?: string;
}

export interface ZoneClaim {
  domainId: Id;
  revision: number;
}

/** What a Change says of its document beside the document itself. */
export interface Subject {
  kind: KindName;
  name: string;
  team: Id | null;
  domainId: Id | null;
}

/** A plan of these Changes. */
export function planOf(changes: Change[], more: Partial<Omit<Plan, 'changes'>> = {}): Plan {
  return { changes, zones: [], revision: null, warnings: [], ...more };
}

/** A Change that adds a document. */
export function addition(subject: Subject, document: Revisioned): Change {
  return { op: 'add', ...subject, id: document._id, before: null, after: { ...document } };
}

/** A Change that removes a document. */
export function removal(subject: Subject, document: Revisioned): Change {
  return { op: 'remove', ...subject, id: document._id, before: { ...document }, after: null };
}

/** The Changes that make one document into another: one with the fields that moved, or none. */
export function updates(subject: Subject, current: Revisioned, next: Revisioned): Change[] {
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const [from, to] = [fields(current), fields(next)];
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (isDeepStrictEqual(from[key], to[key])) continue;
    if (from[key] !== undefined) before[key] = from[key];
    if (to[key] !== undefined) after[key] = to[key];
  }
  if (Object.keys(before).length === 0 && Object.keys(after).length === 0) return [];
  before['revision'] = current.revision;
  after['revision'] = current.revision + 1;
  return [{ op: 'update', ...subject, id: current._id, before, after }];
}

function fields(document: Revisioned): Record<string, unknown> {
  const { _id, revision: _revision, ...rest } = document;
  return rest;
}
