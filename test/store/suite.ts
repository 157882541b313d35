import { EJSON, type Document } from 'bson';
import type { Connection, mongo } from 'mongoose';
import { afterAll, beforeAll, describe, type TestContext } from 'vitest';
import { TARGETS, type Feature, type Opened } from './target.ts';

/** A driver's collection of documents of any shape. */
export type AnyCollection = mongo.Collection<Document & { _id: unknown }>;

/** The store that a test runs against. */
export interface Suite {
  readonly connection: Connection;
  /** Where another client connects to the same database. */
  readonly uri: string;
  /** A collection of its own with these documents. */
  collection(documents?: readonly Document[]): Promise<AnyCollection>;
  /** Skips the test on a store that lacks the feature. */
  need(context: TestContext, feature: Feature | undefined): void;
}

/** Defines tests once for every store there is. */
export function onEveryTarget(define: (suite: Suite) => void): void {
  for (const target of TARGETS) {
    describe(`${target.name}`, () => {
      let opened: Opened | undefined;
      let collections = 0;
      const ready = (): Opened => {
        if (!opened) throw new Error('the store is not open yet');
        return opened;
      };
      beforeAll(async () => {
        opened = await target.open();
      });
      afterAll(async () => {
        await opened?.close();
      });
      define({
        get connection() {
          return ready().connection;
        },
        get uri() {
          return ready().uri;
        },
        collection: async (documents = []) => {
          const collection = ready()
            .connection.getClient()
            .db(ready().connection.name)
            .collection(`c${++collections}`);
          if (documents.length > 0)
            await collection.insertMany(documents.map((document) => ({ ...document })));
          return collection as unknown as AnyCollection;
        },
        need: (context, feature) => {
          if (feature && !ready().has(feature)) context.skip(`${target.name} lacks ${feature}`);
        },
      });
    });
  }
}

/** A document as text in which the order of fields and the numbers count, but not their BSON types. */
export function shape(value: unknown): string {
  return EJSON.stringify(value as Document, { relaxed: true });
}
