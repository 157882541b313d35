import type { Schema, SchemaType } from 'mongoose';
import type { Id } from '../../models/base.ts';
import { modelNames } from '../../models/registry.ts';
import type { ModelName } from '../../models/registry.ts';
import type { Store } from '../store.ts';
import type { Finding } from './finding.ts';

/** A field that names a document of another model: `roles.team` of a user names a team. */
interface Reference {
  path: string;
  to: ModelName;
}

interface Dangling {
  child: Id;
  parent: Id;
}

type Fields = { _id: Id } & Record<string, unknown>;

const BATCH = 1_000;
/** So many are looked at a second time and counted; a store with more has another problem. */
const MAX_DANGLING = 1_000;

/**
 * Documents that name another one that is not there. They are read in batches while others may write, so what seems to
 * be missing is looked for once more: a document comes with, or after, what it names, and goes before it.
 */
export async function* danglingReferences(store: Store): AsyncGenerator<Finding> {
  for (const model of modelNames) {
    const references = referencesOf(store.models[model].schema as Schema);
    const suspects = await suspectsOf(store, model, references);
    for (const [at, reference] of references.entries()) {
      const found = await confirmed(store, model, reference, suspects[at]!);
      if (found.length > 0) yield describe(store, model, reference, found);
    }
  }
}

/** The references that a model declares, in nested documents too. */
function referencesOf(schema: Schema, above = ''): Reference[] {
  const found: Reference[] = [];
  schema.eachPath((name, type) => {
    const path = above + name;
    const inner = type as SchemaType & { schema?: Schema; embeddedSchemaType?: SchemaType };
    const to = (inner.embeddedSchemaType ?? inner).options?.['ref'] as ModelName | undefined;
    if (to !== undefined) found.push({ path, to });
    else if (inner.schema) found.push(...referencesOf(inner.schema, `${path}.`));
  });
  return found;
}

/** What each reference of a model seems to name in vain; the documents are read once. */
async function suspectsOf(
  store: Store,
  model: ModelName,
  references: readonly Reference[],
): Promise<Dangling[][]> {
  const suspects = references.map((): Dangling[] => []);
  if (references.length === 0) return suspects;
  const look = async (batch: readonly Fields[]): Promise<void> => {
    for (const [at, { path, to }] of references.entries()) {
      const room = MAX_DANGLING - suspects[at]!.length;
      if (room > 0) suspects[at]!.push(...(await missingFrom(store, batch, path, to)).slice(0, room));
    }
  };
  const projection = Object.fromEntries(references.map(({ path }) => [path, 1]));
  let batch: Fields[] = [];
  const documents = store.models[model].collection.find<Fields>({}, { projection, batchSize: BATCH });
  for await (const document of documents) {
    batch.push(document);
    if (batch.length < BATCH) continue;
    await look(batch);
    batch = [];
  }
  await look(batch);
  return suspects;
}

async function missingFrom(
  store: Store,
  batch: readonly Fields[],
  path: string,
  to: ModelName,
): Promise<Dangling[]> {
  const named = batch.flatMap((document) =>
    idsAt(document, path.split('.')).map((parent) => ({ child: document._id, parent })),
  );
  const wanted = new Map(named.map(({ parent }) => [String(parent), parent]));
  if (wanted.size === 0) return [];
  const there = store.models[to].collection.find<Fields>(
    { _id: { $in: [...wanted.values()] } },
    { projection: { _id: 1 } },
  );
  for await (const { _id } of there) wanted.delete(String(_id));
  return named.filter(({ parent }) => wanted.has(String(parent)));
}

function idsAt(value: unknown, path: readonly string[]): Id[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((each) => idsAt(each, path));
  const [name, ...rest] = path;
  return name === undefined ? [value as Id] : idsAt((value as Record<string, unknown>)[name], rest);
}

async function confirmed(
  store: Store,
  model: ModelName,
  { path, to }: Reference,
  suspects: readonly Dangling[],
): Promise<Dangling[]> {
  if (suspects.length === 0) return [];
  const still = await store.models[model].collection
    .find<Fields>({ _id: { $in: suspects.map(({ child }) => child) } }, { projection: { [path]: 1 } })
    .toArray();
  return missingFrom(store, still, path, to);
}

function describe(
  store: Store,
  model: ModelName,
  { path, to }: Reference,
  found: readonly Dangling[],
): Finding {
  const count = new Set(found.map(({ child }) => String(child))).size;
  const many = found.length >= MAX_DANGLING ? `at least ${count}` : String(count);
  const { child, parent } = found[0]!;
  return {
    level: 'error',
    where: `${store.models[model].collection.collectionName}.${path}`,
    what: `${many} name a ${to} that is not there; the first is ${String(child)}, which names ${String(parent)}`,
    next: 'was it written by something else than netgoat? remove it there, or restore a backup',
  };
}
