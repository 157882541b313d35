import { isDeepStrictEqual } from 'node:util';
import type { Connection, IndexDefinition } from 'mongoose';
import { modelNames, modelsOn } from '../models/registry.ts';
import type { ModelName } from '../models/registry.ts';

/** An index that a model declares and the database does not have as declared. */
export interface LackingIndex {
  collection: string;
  /** The fields, as MongoDB names an index by them: `teamId_1_firstSeen_-1`. */
  name: string;
  /** There is one over these fields, with other options. */
  differs: boolean;
}

interface Existing {
  key: Record<string, unknown>;
  [option: string]: unknown;
}

/** The options that change what an index holds or allows. */
const OPTIONS = ['unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds'] as const;
const NAMESPACE_NOT_FOUND = 26;

/** The indexes that the models declare and the database lacks. */
export async function lackingIndexes(connection: Connection): Promise<LackingIndex[]> {
  const lacking = await Promise.all(modelNames.map((name) => lackingOf(connection, name)));
  return lacking.flat();
}

async function lackingOf(connection: Connection, name: ModelName): Promise<LackingIndex[]> {
  const { schema, collection } = modelsOn(connection)[name];
  const existing = await indexesOf(connection, collection.collectionName);
  const declared = schema.indexes() as [IndexDefinition, Record<string, unknown>][];
  return declared.flatMap(([fields, options]) => {
    const key = Object.entries(fields);
    const found = existing.find((index) => isDeepStrictEqual(Object.entries(index.key), key));
    if (found && OPTIONS.every((option) => isDeepStrictEqual(found[option] || undefined, options[option]))) {
      return [];
    }
    return [
      { collection: collection.collectionName, name: key.flat().join('_'), differs: found !== undefined },
    ];
  });
}

/** The indexes of a collection; none if there is no such collection. */
async function indexesOf(connection: Connection, name: string): Promise<Existing[]> {
  try {
    return (await connection.collection(name).indexes()) as unknown as Existing[];
  } catch (error) {
    if ((error as { code?: unknown }).code === NAMESPACE_NOT_FOUND) return [];
    throw error;
  }
}
