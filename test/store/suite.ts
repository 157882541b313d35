import { EJSON, type Document } from 'bson';
import type { Connection, mongo } from 'mongoose';
import { afterAll, beforeAll, type TestContext } from 'vitest';
import { openTarget, type Feature, type Opened } from './target.ts';

/** A driver's collection of documents of any shape. */
export type AnyCollection = mongo.Collection<Document & { _id: unknown }>;

/** The store that a test runs against. */
export interface Suite {
  readonly connection: Connection;
  /** A collection of its own with these documents. */
  collection(documents?: readonly Document[]): Promise<AnyCollection>;
  /** Skips the test on a store that lacks the feature. */
  need(context: TestContext, feature: Feature | undefined): void;
}

/** Defines tests on a fresh database of the store that this run of the suite is about. */
export function onStore(define: (suite: Suite) => void): void {
  let opened: Opened | undefined;
  let collections = 0;
  const ready = (): Opened => {
    if (!opened) throw new Error('the store is not open yet');
    return opened;
  };
  beforeAll(async () => {
    opened = await openTarget();
  });
  afterAll(async () => {
    await opened?.close();
  });
  define({
    get connection() {
      return ready().connection;
    },
    collection: async (documents = []) => {
      const { connection } = ready();
      const collection = connection.getClient().db(connection.name).collection(`c${++collections}`);
      if (documents.length > 0) await collection.insertMany(documents.map((document) => ({ ...document })));
      return collection as unknown as AnyCollection;
    },
    need: (context, feature) => {
      if (feature && !ready().has(feature)) context.skip(`this store lacks ${feature}`);
    },
  });
}

/** A document as text in which the order of fields and the numbers count, but not their BSON types. */
export function shape(value: unknown): string {
  return EJSON.stringify(value as Document, { relaxed: true });
}

/** Says of test cases, by name, which feature they need. */
export function needing(feature: Feature, names: readonly string[]): Readonly<Record<string, Feature>> {
  return Object.fromEntries(names.map((name) => [name, feature]));
}
