import { ObjectId, type Document } from 'bson';
import { compileTransform } from '../aggregate/transform.ts';
import { keyText } from '../bson/key.ts';
import { decode, encode, findElement, valueSize } from '../bson/raw.ts';
import { isDocument } from '../bson/values.ts';
import { ServerError } from '../server-error.ts';
import { applyModifiers, compileModifiers } from './modifiers.ts';
import { dollarField } from './target.ts';
import { upsertBase } from './upsert-base.ts';

/** A compiled update. */
export interface Update {
  /** True for operators or a pipeline, false for a replacement. */
  readonly modifies: boolean;
  /** The changed document; the same buffer when nothing changed. */
  apply(raw: Buffer): Buffer;
  /** The document that an upsert inserts. */
  insert(): Buffer;
}

interface UpdateOptions {
  readonly filter: Document;
  readonly arrayFilters?: readonly Document[] | undefined;
  readonly variables?: Document | undefined;
}

/** The stages that an update pipeline may have (manual, "Update with Aggregation Pipeline"). */
export const UPDATE_STAGES: readonly string[] = [
  '$addFields',
  '$set',
  '$project',
  '$unset',
  '$replaceRoot',
  '$replaceWith',
];

/** Compiles a replacement, a document of operators, or a pipeline. */
export function compileUpdate(update: unknown, options: UpdateOptions): Update {
  if (Array.isArray(update)) return pipelineUpdate(update as Document[], options);
  if (!isDocument(update)) throw new ServerError(9, 'Update argument must be either an object or an array');
  if (Object.keys(update)[0]?.startsWith('$')) return modifierUpdate(update, options);
  return replacement(update, options);
}

function replacement(update: Document, { filter, arrayFilters }: UpdateOptions): Update {
  if (arrayFilters?.length)
    throw new ServerError(9, 'Cannot specify arrayFilters and a replacement-style update');
  const dollar = Object.keys(update).find((name) => name.startsWith('$'));
  const withId = (id: unknown): Buffer => {
    const { _id: own = id, ...rest } = update;
    return encode({ _id: own, ...rest });
  };
  return {
    modifies: false,
    apply: (raw) => {
      if (dollar) throw dollarField(dollar);
      return settle(raw, withId(decode(raw)['_id']));
    },
    insert: () => withId(upsertBase(filter)['_id'] ?? new ObjectId()),
  };
}

function modifierUpdate(update: Document, { filter, arrayFilters = [] }: UpdateOptions): Update {
  const modifiers = compileModifiers(update, arrayFilters);
  const run = (raw: Buffer, inserting: boolean): Document => {
    const document = decode(raw);
    applyModifiers(modifiers, { document, raw, filter, arrayFilters: modifiers.arrayFilters }, inserting);
    return document;
  };
  return {
    modifies: true,
    apply: (raw) => settle(raw, encode(run(raw, false))),
    insert: () => {
      const base = upsertBase(filter);
      const document = run(encode(base), true);
      if (base['_id'] !== undefined && keyText(base['_id']) !== keyText(document['_id'])) throw changedId();
      return encode(idFirst(document));
    },
  };
}

function pipelineUpdate(
  stages: readonly Document[],
  { filter, arrayFilters, variables }: UpdateOptions,
): Update {
  if (arrayFilters?.length)
    throw new ServerError(9, 'arrayFilters may not be specified for pipeline-syle updates');
  for (const stage of stages) {
    const name = Object.keys(stage)[0] ?? '';
    if (!UPDATE_STAGES.includes(name))
      throw new ServerError(72, `${name} is not allowed to be used within an update`);
  }
  const transforms = stages.map((stage) =>
    Object.entries(stage).map(([name, argument]) => compileTransform(name, argument)),
  );
  const run = (raw: Buffer): Document =>
    transforms.flat().reduce((documents, transform) => transform(documents, variables), [decode(raw)])[0] ??
    {};
  return {
    modifies: true,
    apply: (raw) => settle(raw, encode(idFirst(run(raw), decode(raw)['_id']))),
    insert: () => encode(idFirst(run(encode(upsertBase(filter))))),
  };
}

function idFirst(document: Document, fallback?: unknown): Document {
  const { _id: id = fallback ?? new ObjectId(), ...rest } = document;
  return { _id: id, ...rest };
}

function changedId(): ServerError {
  return new ServerError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
}

function settle(old: Buffer, changed: Buffer): Buffer {
  if (changed.equals(old)) return old;
  const before = findElement(old, 0, '_id');
  const after = findElement(changed, 0, '_id');
  if (!before || !after) throw changedId();
  const size = valueSize(old, before.type, before.offset);
  const same =
    before.type === after.type &&
    valueSize(changed, after.type, after.offset) === size &&
    old.compare(changed, after.offset, after.offset + size, before.offset, before.offset + size) === 0;
  if (!same && keyText(decode(old)['_id']) !== keyText(decode(changed)['_id'])) throw changedId();
  return changed;
}
